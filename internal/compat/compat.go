package compat

import (
	lua "github.com/yuin/gopher-lua"
)

// Module is a module that scripts may require.
type Module struct {
	Name   string
	Help   string // one sentence
	Global bool   // it is a global variable too, as in LuaJIT

	open lua.LGFunction // pushes the module
}

// Modules are the modules that Open makes available, in alphabetical order.
var Modules = []Module{
	{"bit", "Bit operations on signed 32-bit integers, as LuaBitOp has them.", true, openBit},
	{"cjson", "JSON as lua-cjson reads and writes it; `cjson.safe` returns errors as nil and a message.", false, openCJSON},
	{"cjson.safe", "cjson, whose errors are nil and a message.", false, openSafeCJSON},
	{"csv", "CSV: `parse(text [, opts])`, `encode(rows [, opts])`, `lines(path [, opts])`.", false, openCSV},
	{"ffi", "Byte buffers, numbers and the functions of the original C library; no other C.", false, openFFI},
	{"jit", "Tells that no JIT compiler is there; switching it on and off does nothing.", true, openJIT},
	{"lfs", "LuaFileSystem: folders and attributes of files.", false, openLFS},
	{"md5", "`sum`, `sumhexa`, `hmac` of MD5.", false, openMD5},
	{"sha", "`sha1`, `sha256`, `sha512` and `hmac_...` in hexadecimal; `..._binary` in bytes.", false, openSHA},
	{"socket", "`gettime` and `sleep` in seconds; no network.", false, openSocket},
	{"struct", "`pack`, `unpack`, `size` in the formats of the struct library.", false, openStruct},
	{"table.clear", "A function that empties a table.", false, openTableClear},
	{"table.new", "A function that makes a table with room.", false, openTableNew},
	{"time", "`now`, `parse`, `format`, `sleep`: times in µs since 1970.", false, openTime},
}

// Open mends the standard library of L and makes the modules available to
// require.
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

// insteadOfModule says what to do instead of requiring modules that scripts for
// LuaJIT know.
var insteadOfModule = map[string]string{
	"rapidjson": `use require "cjson"`, "json": `use require "cjson"`, "dkjson": `use require "cjson", or put dkjson.lua beside the script`,
	"lua-cjson": `use require "cjson"`, "rocksdb": `use require "micro_ts" or a storage engine`, "lrocksdb": `use require "micro_ts" or a storage engine`,
	"socket.core": `use require "socket" for gettime and sleep`, "posix": `use require "lfs" and require "socket"`,
	"bit32": "use the global bit", "bitop": "use the global bit", "string.buffer": "use table.concat and string.pack",
	"jit.util": "leave it out, there is no JIT compiler", "jit.dump": "leave it out, there is no JIT compiler",
	"jit.v": "leave it out, there is no JIT compiler", "jit.p": "leave it out, there is no JIT compiler",
	"openssl.digest": `use require "sha"`, "resty.md5": `use require "md5"`,
}

// InsteadOfModule says what to do instead of requiring a module, or "".
func InsteadOfModule(name string) string { return insteadOfModule[name] }

// functions makes a table of functions.
func functions(L *lua.LState, all map[string]lua.LGFunction) *lua.LTable {
	return L.SetFuncs(L.NewTable(), all)
}

// global returns a library's table, or a new one where a script removed it.
func global(L *lua.LState, name string) *lua.LTable {
	if t, ok := L.GetGlobal(name).(*lua.LTable); ok {
		return t
	}
	return L.NewTable()
}

// text returns argument i, a string, or a number as print shows it.
func text(L *lua.LState, i int) string {
	switch v := L.Get(i).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return string(AppendNumber(nil, float64(v)))
	}
	return L.CheckString(i) // raises the error
}

func optText(L *lua.LState, i int, preset string) string {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return text(L, i)
}

// number returns argument i, a number, or a string that is one.
func number(L *lua.LState, i int) float64 {
	switch v := L.Get(i).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		if f, ok := ParseNumber(string(v)); ok {
			return f
		}
	}
	return float64(L.CheckNumber(i)) // raises the error
}

func optNumber(L *lua.LState, i int, preset float64) float64 {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return number(L, i)
}

// checkRoom raises an error where n bytes are more than the state may use in all.
func checkRoom(L *lua.LState, n int64) {
	if c, ok := L.Context().(interface{ MemoryLimit() int64 }); ok {
		if limit := c.MemoryLimit(); limit > 0 && n > limit {
			L.RaiseError("not enough memory")
		}
	}
}

// checkGrowth is checkRoom for what grows by n bytes; small pieces pass, for which
// the state's own values are many.
func checkGrowth(L *lua.LState, had, n int) {
	const small = 256
	if n > small {
		checkRoom(L, int64(had)+int64(n))
	}
}
