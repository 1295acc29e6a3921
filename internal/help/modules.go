package help

import "strings"

// Entry is a function of a module or of Lua's library, or a constant.
type Entry struct {
	Usage   string   // with the module's name: "csv.parse(text [, opts])"
	Returns string   // "" if it returns nothing
	Help    string   // sentences, in Markdown
	Also    []string // full names of functions like it, which Usage stands for too
	Example string
}

// name returns the full name: "csv.parse".
func (e *Entry) name() string {
	name, _, _ := strings.Cut(e.Usage, "(")
	return name
}

// names returns the full names of all functions that the entry is about.
func (e *Entry) names() []string { return append([]string{e.name()}, e.Also...) }

// module returns the module that has a function of Modules.
func (e *Entry) module() string {
	before, _, _ := cutLast(e.name())
	if before == "table" { // table.new and table.clear are modules
		return e.name()
	}
	return before
}

func (e Entry) topic(kind string) Topic {
	t := Topic{Kind: kind, Names: e.names(), Usage: withReturns(e.Usage, e.Returns), Help: e.Help, Example: e.Example}
	t.Terms = append(t.Terms, optionsOf(e.name())...)
	return t
}

// Modules are the functions of the modules beside micro_ts and the storage engines, in
// the order of the modules.
var Modules = []Entry{
	{Usage: "bit.tobit(x)", Returns: "number", Help: "Makes a number a signed 32-bit integer, -2^31 to 2^31 - 1."},
	{Usage: "bit.tohex(x [, n])", Returns: "string", Help: "Shows an integer as `n` hexadecimal digits, 8 if `n` is not given; in capitals if `n` is negative.", Example: `print(bit.tohex(255, 4)) --> 00ff`},
	{Usage: "bit.band(x [, ...])", Returns: "number", Help: "Combines integers bit by bit: and, or, exclusive or.", Also: []string{"bit.bor", "bit.bxor"}, Example: `print(bit.band(12, 10)) --> 8`},
	{Usage: "bit.bnot(x)", Returns: "number", Help: "Inverts all 32 bits of an integer."},
	{Usage: "bit.lshift(x, n)", Returns: "number", Help: "Shifts an integer by 0 to 31 bits: to the left, to the right with zeros, to the right with the sign.", Also: []string{"bit.rshift", "bit.arshift"}},
	{Usage: "bit.rol(x, n)", Returns: "number", Help: "Rotates the 32 bits of an integer to the left or to the right.", Also: []string{"bit.ror"}},
	{Usage: "bit.bswap(x)", Returns: "number", Help: "Reverses the order of the 4 bytes of an integer."},

	{Usage: "cjson.encode(value)", Returns: "string", Help: "Writes a value as JSON. `cjson.null` is null; `cjson.empty_array` is `[]`.", Example: `print(require("cjson").encode{1, 2}) --> [1,2]`},
	{Usage: "cjson.decode(text)", Returns: "value", Help: "Reads JSON. null becomes `cjson.null`.", Example: `print(require("cjson").decode('{"a": 1}').a) --> 1`},
	{Usage: "cjson.new()", Returns: "cjson", Help: "Returns another cjson with settings of its own."},
	{Usage: "cjson.encode_number_precision([digits])", Returns: "digits", Help: "Sets how many digits, 1 to 16, numbers that are no integers have in JSON; 14 at first. Integers up to 2^63 keep all digits."},
	{Usage: "cjson.encode_max_depth([n])", Returns: "n", Help: "Sets how deep tables or JSON may be nested; 1000 at first.", Also: []string{"cjson.decode_max_depth"}},
	{Usage: "cjson.encode_keep_buffer([on])", Returns: "on", Help: "Does nothing here: it is about the memory of lua-cjson."},
	{Usage: "cjson.encode_invalid_numbers([mode])", Returns: "mode", Help: "Sets what becomes of NaN and infinity: an error (false, at first), the number (true), or null (`\"null\"`)."},
	{Usage: "cjson.decode_invalid_numbers([on])", Returns: "on", Help: "Sets whether NaN, infinity and hexadecimal numbers in JSON are read (at first) or are an error."},
	{Usage: "cjson.encode_sparse_array([convert [, ratio [, safe]]])", Returns: "convert, ratio, safe", Help: "Sets what becomes of arrays with holes whose last index is above `safe` (10) and above `ratio` (2) times the number of values: an error (false, at first) or an object."},
	{Usage: "cjson.encode_empty_table_as_object([on])", Returns: "on", Help: "Sets whether an empty table is `{}` (at first) or `[]`."},
	{Usage: "cjson.encode_escape_forward_slash([on])", Returns: "on", Help: "Sets whether a slash is written as `\\/` (at first) or as `/`."},
	{Usage: "cjson.decode_array_with_array_mt([on])", Returns: "on", Help: "Sets whether arrays from JSON get the metatable `cjson.array_mt`, with which an empty one is written as `[]`; false at first."},

	{Usage: "csv.parse(text [, opts])", Returns: "array of rows", Help: "Reads CSV. A row is an array of strings, or a table by name if there are names.", Example: `local rows = require("csv").parse("code,price\n1,2.5\n", {header = true})
print(rows[1].price) --> 2.5`},
	{Usage: "csv.lines(path [, opts])", Returns: "iterator of rows", Help: "Reads a CSV file row by row.", Example: `for row in require("csv").lines("ticks.csv", {header = true}) do
    print(row.price)
end`},
	{Usage: "csv.encode(rows [, opts])", Returns: "string", Help: "Writes rows, which are arrays or tables by name, as CSV. Rows with names have a line of all names before them.", Example: `print(require("csv").encode{{"a", 1}, {"b", 2}})`},

	{Usage: "ffi.new(type [, n] [, init...])", Returns: "cdata", Help: "Makes a C number, or an array of C numbers with 0 or `init` in it. Indexes count from 0 and are checked.", Example: `local a = require("ffi").new("double[?]", 3)
a[2] = 1.5`},
	{Usage: "ffi.cast(type, value)", Returns: "cdata", Help: "Makes a value a C number or a pointer of a type."},
	{Usage: "ffi.typeof(type)", Returns: "ctype", Help: "Returns a type, which is called as `ffi.new` is."},
	{Usage: "ffi.sizeof(type [, n])", Returns: "bytes", Help: "Returns the size of a type or of a value, or the alignment of a type, in bytes.", Also: []string{"ffi.alignof"}},
	{Usage: "ffi.istype(type, value)", Returns: "boolean", Help: "Says whether a value is a cdata of a type."},
	{Usage: "ffi.string(pointer [, bytes])", Returns: "string", Help: "Returns the bytes at a pointer, up to the first NUL if their number is not given."},
	{Usage: "ffi.copy(to, from [, bytes])", Help: "Copies bytes between arrays, or from a string."},
	{Usage: "ffi.fill(to, bytes [, byte])", Help: "Sets bytes to a value, 0 if none is given."},
	{Usage: "ffi.cdef(declarations)", Help: "Reads declarations of functions, enums and names of types. Structs do not work."},
	{Usage: "ffi.load(name)", Returns: "library", Help: "Returns the functions of the original C library: `micro_ts` or `rocksdb`. There are no other libraries."},
	{Usage: "ffi.gc(cdata, finalizer)", Returns: "cdata", Help: "Returns the cdata. The finalizer is not called."},
	{Usage: "ffi.errno([new])", Returns: "number", Help: "Returns the number of the last error of a C function."},
	{Usage: "ffi.abi(name)", Returns: "boolean", Help: "Says whether the machine has a property: `64bit`, `le`, `fpu`, `hardfp`."},
	{Usage: "ffi.metatype(...)", Help: "Raises an error: there are no C structs here.", Also: []string{"ffi.offsetof", "ffi.typeinfo"}},

	{Usage: "jit.on()", Help: "Lets hot loops run as machine code, or keeps them from it.", Also: []string{"jit.off"}},
	{Usage: "jit.status()", Returns: "boolean", Help: "Says whether hot loops may run as machine code."},
	{Usage: "jit.flush(...)", Help: "Does nothing here: it steers LuaJIT's compiler.", Also: []string{"jit.attach", "jit.security"}},

	{Usage: "lfs.attributes(path [, name])", Returns: "table or value", Help: "Returns the attributes of a file, or one of them: `mode` (`\"file\"`, `\"directory\"`, ...), `size` in bytes, `modification`, `access` and `change` in seconds since 1970, `permissions`, `nlink`, `uid`, `gid`, `ino`, `dev`, `rdev`, `blocks`, `blksize`. If there is no file: nil, a message and a number.", Also: []string{"lfs.symlinkattributes"}, Example: `print(require("lfs").attributes(".", "mode")) --> directory`},
	{Usage: "lfs.dir(path)", Returns: "iterator of names", Help: "Iterates over the names in a folder, `.` and `..` among them.", Example: `for name in require("lfs").dir(".") do print(name) end`},
	{Usage: "lfs.mkdir(path)", Returns: "true", Help: "Makes a folder, or removes an empty one. A failure returns nil, a message and a number.", Also: []string{"lfs.rmdir"}},
	{Usage: "lfs.currentdir()", Returns: "path", Help: "Returns the working directory."},
	{Usage: "lfs.chdir(path)", Returns: "true", Help: "Changes the working directory of the process, of all jobs too."},
	{Usage: "lfs.touch(path [, access [, modification]])", Returns: "true", Help: "Sets the times of a file, in seconds since 1970; now if none is given."},
	{Usage: "lfs.link(old, new [, symbolic])", Returns: "true", Help: "Makes a link to a file: a hard one, or a symbolic one if `symbolic` is true."},
	{Usage: "lfs.setmode(file, mode)", Returns: "true, mode", Help: "Does nothing: files are always binary."},
	{Usage: "lfs.lock(file, mode [, start [, length]])", Returns: "true", Help: "Locks a part of a file, in bytes, for reading (`\"r\"`) or writing (`\"w\"`), or unlocks it.", Also: []string{"lfs.unlock"}},
	{Usage: "lfs.lock_dir(path [, seconds])", Returns: "lock", Help: "Locks a folder with a file in it. `lock:free()` ends the lock."},

	{Usage: "md5.sumhexa(text)", Returns: "digits", Help: "Returns the MD5 of a string as 32 hexadecimal digits.", Example: `print(require("md5").sumhexa("abc"))`},
	{Usage: "md5.sum(text)", Returns: "16 bytes", Help: "Returns the MD5 of a string as bytes."},
	{Usage: "md5.hmac(text, key)", Returns: "digits", Help: "Returns the HMAC-MD5 of a string as hexadecimal digits; `hmac_binary` as bytes.", Also: []string{"md5.hmac_binary"}},

	{Usage: "sha.sha256(text)", Returns: "digits", Help: "Returns the SHA of a string as hexadecimal digits.", Also: []string{"sha.sha1", "sha.sha224", "sha.sha384", "sha.sha512"}, Example: `print(require("sha").sha256("abc"))`},
	{Usage: "sha.sha256_binary(text)", Returns: "bytes", Help: "Returns the SHA of a string as bytes.", Also: []string{"sha.sha1_binary", "sha.sha224_binary", "sha.sha384_binary", "sha.sha512_binary"}},
	{Usage: "sha.hmac_sha256(text, key)", Returns: "digits", Help: "Returns the HMAC-SHA of a string as hexadecimal digits; with `_binary` at the end of the name as bytes.", Also: []string{"sha.hmac_sha1", "sha.hmac_sha224", "sha.hmac_sha384", "sha.hmac_sha512", "sha.hmac_sha1_binary", "sha.hmac_sha224_binary", "sha.hmac_sha256_binary", "sha.hmac_sha384_binary", "sha.hmac_sha512_binary"}},

	{Usage: "socket.gettime()", Returns: "seconds", Help: "Returns the time in seconds since 1970, to the µs."},
	{Usage: "socket.sleep(seconds)", Help: "Waits. A Ctrl-C and the time-out of a job end the wait."},

	{Usage: "string.buffer.new([size] [, opts])", Returns: "buffer", Help: "Makes a string buffer with room for `size` bytes.", Example: `local b = require("string.buffer").new()
b:put("price ", 10.5)
print(b:tostring())`},
	{Usage: "string.buffer.encode(value)", Returns: "string", Help: "Serializes a value in LuaJIT's format."},
	{Usage: "string.buffer.decode(text)", Returns: "value", Help: "Returns the value that `encode` serialized."},

	{Usage: "struct.pack(format, value...)", Returns: "string", Help: "Packs values. Formats: `<` and `>` (the order of bytes), `b B h H l L i4 I4 i8 I8 T` (integers), `f d` (numbers), `s` (a string and NUL), `c0 c4` (bytes), `x` (padding).", Example: `print(#require("struct").pack(">I4I2", 1, 2)) --> 6`},
	{Usage: "struct.unpack(format, text [, from])", Returns: "values, next", Help: "Unpacks values from a string, and returns where the next one begins."},
	{Usage: "struct.size(format)", Returns: "bytes", Help: "Returns the size of what a format packs."},

	{Usage: "table.clear(t)", Help: "Removes all entries of a table and keeps its memory for others.", Example: `require("table.clear")(t)`},
	{Usage: "table.new(narray, nhash)", Returns: "table", Help: "Makes a table with room for entries: 1 to `narray`, and `nhash` with other keys.", Example: `local t = require("table.new")(1000, 0)`},

	{Usage: "time.now()", Returns: "ts_us", Help: "Returns the time in µs since 1970."},
	{Usage: "time.parse(text [, zone])", Returns: "ts_us", Help: "Reads a time, as `time` of `micro_ts` does.", Example: `print(require("time").parse("2023-11-14 09:30"))`},
	{Usage: "time.format(ts_us [, format [, zone]])", Returns: "string", Help: "Shows a time in µs, in the format of `os.date`, or as `2023-11-14 22:13:20.000100` if none is given.", Example: `print(require("time").format(1700000000000000, "%Y%m%d", "UTC"))`},
	{Usage: "time.sleep(seconds)", Help: "Waits. A Ctrl-C and the time-out of a job end the wait."},
}

// Buffer are the methods of string buffers.
var Buffer = []Entry{
	{Usage: "buffer:put(value...)", Returns: "buffer", Help: "Appends strings and numbers."},
	{Usage: "buffer:putf(format, value...)", Returns: "buffer", Help: "Appends what `string.format` returns."},
	{Usage: "buffer:set(text)", Returns: "buffer", Help: "Replaces the content."},
	{Usage: "buffer:get([n...])", Returns: "string...", Help: "Takes n bytes from the front, or all, and returns them."},
	{Usage: "buffer:skip(n)", Returns: "buffer", Help: "Drops n bytes from the front."},
	{Usage: "buffer:tostring()", Returns: "string", Help: "Returns the content, which stays."},
	{Usage: "buffer:encode(value)", Returns: "buffer", Help: "Appends a serialized value."},
	{Usage: "buffer:decode()", Returns: "value", Help: "Takes a serialized value from the front."},
	{Usage: "buffer:reset()", Returns: "buffer", Help: "Empties the buffer; `free` gives its memory back too.", Also: []string{"buffer:free"}},
}

// modulesExamples are those of modules whose functions do not show how to begin.
var modulesExamples = map[string]string{
	"cjson.safe":    `local value, message = require("cjson.safe").decode("{")`,
	"csv":           `local csv = require "csv"`,
	"cjson":         `local cjson = require "cjson"`,
	"string.buffer": `local buffer = require "string.buffer"`,
	"time":          `local time = require "time"`,
}

// Call returns how the function is called and what it returns.
func (e *Entry) Call() string { return withReturns(e.Usage, e.Returns) }
