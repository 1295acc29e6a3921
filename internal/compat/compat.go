package compat

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/ffi"
)

// Module is a module that Open makes available to require.
type Module struct {
	Name   string
	Help   string // one sentence in Markdown
	Global bool   // it is a global variable too, as in LuaJIT

	open lua.LGFunction // makes the module and pushes it
}

// Modules lists the modules in alphabetical order.
var Modules = []Module{
	{"bit", "Bit operations on signed 32-bit integers, as LuaBitOp has them.", true, openBit},
	{"cjson", "JSON, as lua-cjson reads and writes it.", false, openCJSON},
	{"cjson.safe", "The functions of `cjson`, which here return nil and a message instead of raising an error.", false, openSafeCJSON},
	{"csv", "CSV: `parse(text [, opts])`, `encode(rows [, opts])`, `lines(path [, opts])`.", false, openCSV},
	{"ffi", "Byte buffers, C numbers, and the functions of the original C library; no other C.", false, ffi.Open},
	{"jit", "Says that there is no JIT compiler. `jit.on`, `jit.off` and the like do nothing.", true, openJIT},
	{"lfs", "LuaFileSystem: folders and file attributes.", false, openLFS},
	{"md5", "MD5: `sum`, `sumhexa`, `hmac`.", false, openMD5},
	{"sha", "SHA: `sha1`, `sha256`, `sha512` and `hmac_...` return hexadecimal digits, `..._binary` returns bytes.", false, openSHA},
	{"socket", "`gettime` and `sleep` in seconds; no network.", false, openSocket},
	{"struct", "`pack`, `unpack`, `size`, with the formats of the struct library.", false, openStruct},
	{"table.clear", "A function that removes all entries of a table.", false, openTableClear},
	{"table.new", "A function that makes a table with room for a given number of entries.", false, openTableNew},
	{"time", "`now`, `parse`, `format`, with times in µs since 1970; `sleep`, in seconds.", false, openTime},
}

// Open corrects the standard library of a state and makes the Modules available
// to require. The state must have gopher-lua's standard libraries open.
func Open(L *lua.LState) {
	openBase(L)
	openString(L)
	openTable(L)
	openMath(L)
	openOS(L)
	loaded := L.GetField(L.GetField(L.Get(lua.EnvironIndex), "package"), "loaded")
	for _, m := range Modules {
		if !m.Global {
			L.PreloadModule(m.Name, m.open)
			continue
		}
		L.Push(L.NewFunction(m.open))
		L.Call(0, 1)
		module := L.Get(-1)
		L.Pop(1)
		L.SetGlobal(m.Name, module)
		L.SetField(loaded, m.Name, module)
	}
}

// insteadOfModule says what to use in the place of modules that scripts for
// LuaJIT require and that are missing here.
var insteadOfModule = map[string]string{
	"rapidjson": `use require "cjson"`, "json": `use require "cjson"`, "dkjson": `use require "cjson", or put dkjson.lua beside the script`,
	"lua-cjson": `use require "cjson"`, "rocksdb": `use require "micro_ts" or a storage engine`, "lrocksdb": `use require "micro_ts" or a storage engine`,
	"socket.core": `use require "socket" for gettime and sleep`, "posix": `use require "lfs" and require "socket"`,
	"bit32": "use the global bit", "bitop": "use the global bit", "string.buffer": "use table.concat and string.pack",
	"jit.util": "leave it out, there is no JIT compiler", "jit.dump": "leave it out, there is no JIT compiler",
	"jit.v": "leave it out, there is no JIT compiler", "jit.p": "leave it out, there is no JIT compiler",
	"openssl.digest": `use require "sha"`, "resty.md5": `use require "md5"`,
}

// InsteadOfModule says what to use in the place of a module that is missing, or
// "" if there is no advice.
func InsteadOfModule(name string) string { return insteadOfModule[name] }

// functions returns a new table of functions.
func functions(L *lua.LState, all map[string]lua.LGFunction) *lua.LTable {
	return L.SetFuncs(L.NewTable(), all)
}

// global returns the table of a library, or a new table if the state has none.
func global(L *lua.LState, name string) *lua.LTable {
	if t, ok := L.GetGlobal(name).(*lua.LTable); ok {
		return t
	}
	return L.NewTable()
}
