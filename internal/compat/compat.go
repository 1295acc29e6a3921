package compat

import (
	"microts/internal/compat/ffi"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

// Module is a module that Open makes available to require.
type Module struct {
	Name   string
	Help   string // one sentence in Markdown
	Global bool   // it is a global variable too, as in LuaJIT

	open luavm.Native // returns the module; Call.Data is the *shared of the state
	own  bool         // LuaJIT has it too: no file takes its place
}

// Modules lists the modules in alphabetical order.
var Modules = []Module{
	{"bit", "Bit operations on signed 32-bit integers, as LuaBitOp has them.", true, openBit, true},
	{"cjson", "JSON, as lua-cjson reads and writes it; integers keep all their digits.", false, openCJSON, false},
	{"cjson.safe", "The functions of `cjson`, which here return nil and a message instead of raising an error.", false, openSafeCJSON, false},
	{"csv", "CSV: `parse(text [, opts])`, `encode(rows [, opts])`, `lines(path [, opts])`. Options: `separator`, `header`, `columns`, `encoding`.", false, openCSV, false},
	{"ffi", "Byte buffers, C numbers, and the functions of the original C library; no other C.", false, ffi.Open, true},
	{"jit", "`jit.off()` keeps hot loops from running as machine code, `jit.on()` allows it; the rest of it does nothing.", true, openJIT, true},
	{"lfs", "LuaFileSystem: folders and file attributes.", false, openLFS, false},
	{"md5", "MD5: `sum`, `sumhexa`, `hmac`.", false, openMD5, false},
	{"sha", "SHA: `sha1`, `sha256`, `sha512` and `hmac_...` return hexadecimal digits, `..._binary` returns bytes.", false, openSHA, false},
	{"socket", "`gettime` and `sleep` in seconds; no network.", false, openSocket, false},
	{"string.buffer", "LuaJIT's string buffers: strings that grow, formatted text, serialized values.", false, openBuffer, true},
	{"struct", "`pack`, `unpack`, `size`, with the formats of the struct library.", false, openStruct, false},
	{"table.clear", "A function that removes all entries of a table.", false, openTableClear, true},
	{"table.new", "A function that makes a table with room for a given number of entries.", false, openTableNew, true},
	{"time", "`now`, `parse`, `format`, with times in µs since 1970; `sleep`, in seconds.", false, openTime, false},
}

// shared is what the modules of a state share.
type shared struct {
	cjson *cjsonValues // nil until a module needs them
}

// Open makes the Modules available to require. The state has what lib.Open gives it.
//
// A file of the same name, beside the script, takes the place of a module that LuaJIT does
// not have.
func Open(s *luavm.State) {
	state := &shared{}
	for _, m := range Modules {
		open := luavm.NewFunctionWith(m.Name, state, m.open).Value()
		switch {
		case m.Global:
			if made, err := s.Call(open); err == nil { // these make a table and raise no error
				module, _ := made[0].AsTable()
				s.SetModule(m.Name, module)
			}
		case m.own:
			s.Preload.SetString(m.Name, open)
		default:
			s.Builtin.SetString(m.Name, open)
		}
	}
}

// The modules that are parts of lib.

func openBit(c *luavm.Call) { c.Return(c.State().Globals.GetString("bit")) }

func openStruct(c *luavm.Call) { c.Return(lib.Struct().Value()) }

func openTableClear(c *luavm.Call) { c.Return(luavm.NewFunction("clear", lib.TableClear).Value()) }

func openTableNew(c *luavm.Call) { c.Return(luavm.NewFunction("new", lib.TableNew).Value()) }

// insteadOfModule says what to use in the place of modules that scripts for
// LuaJIT require and that are missing here.
var insteadOfModule = map[string]string{
	"rapidjson": `use require "cjson"`, "json": `use require "cjson"`, "dkjson": `use require "cjson", or put dkjson.lua beside the script`,
	"lua-cjson": `use require "cjson"`, "rocksdb": `use require "micro_ts" or a storage engine`, "lrocksdb": `use require "micro_ts" or a storage engine`,
	"socket.core": `use require "socket" for gettime and sleep`, "posix": `use require "lfs" and require "socket"`,
	"bit32": "use the global bit", "bitop": "use the global bit",
	"jit.util": "leave it out, it is about LuaJIT's own compiler", "jit.dump": "leave it out, it is about LuaJIT's own compiler",
	"jit.v": "leave it out, it is about LuaJIT's own compiler", "jit.p": "leave it out, it is about LuaJIT's own compiler",
	"jit.profile":    "leave it out, it is about LuaJIT's own compiler",
	"openssl.digest": `use require "sha"`, "resty.md5": `use require "md5"`,
}

// InsteadOfModule says what to use in the place of a module that is missing, or
// "" if there is no advice.
func InsteadOfModule(name string) string { return insteadOfModule[name] }
