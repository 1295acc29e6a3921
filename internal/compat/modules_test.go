package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestModules(t *testing.T) {
	for name, code := range map[string]string{
		"struct": `
			local s = require "struct"
			assert(s.pack("<i4", 1) == "\1\0\0\0" and s.pack(">i2i2", 1, 2) == "\0\1\0\2")
			assert(s.pack("s", "hi") == "hi\0" and s.unpack("s", "hi\0x") == "hi")
			assert(s.pack("c3", "abcd") == "abc" and s.pack("c0", "abc") == "abc")
			local a, b = s.unpack("<I1c0", "\3abcd")
			assert(a == "abc" and b == 5)
			assert(s.size("<i4d") == 12 and not pcall(s.size, "s"))
			assert(s.pack("<i4", 1.9) == "\1\0\0\0" and not pcall(s.unpack, "<i4", "ab"))`,
		"long numbers": `
			assert(string.pack(">I8", "18446744073709551615") == ("\255"):rep(8))
			assert(string.unpack(">I8", ("\255"):rep(8)) == "18446744073709551615")
			assert(string.unpack(">i8", "\128" .. ("\0"):rep(7)) == "-9223372036854775808")
			assert(string.unpack(">I8", "\0\32" .. ("\0"):rep(6)) == 2^53)`,
		"md5 and sha": `
			local md5, sha = require "md5", require "sha"
			assert(md5.sumhexa("") == "d41d8cd98f00b204e9800998ecf8427e" and #md5.sum("x") == 16)
			assert(sha.sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
			assert(sha.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
			assert(sha.hmac_sha256("key", "The quick brown fox jumps over the lazy dog") == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
			assert(#sha.sha512_binary("") == 64)`,
		"csv": `
			local csv = require "csv"
			local rows = csv.parse('a,b\n1,"x, ""y"""\n\n2,\n')
			assert(#rows == 3 and rows[2][2] == 'x, "y"' and rows[3][2] == "")
			local named = csv.parse("code;price\n600000;10.5\n", {header = true, separator = ";"})
			assert(#named == 1 and named[1].code == "600000" and named[1].price == "10.5")
			assert(csv.encode{{1, "a,b", 1/3}, {2, 'q"'}} == '1,"a,b",0.33333333333333\n2,"q"""\n')
			assert(csv.encode({{b = 2, a = 1}, {a = 3}}, {header = true, columns = {"a", "b"}}) == "a,b\n1,2\n3,\n")
			assert(select(2, pcall(csv.parse, 'a,"b\n')):find("csv.parse: "))
			assert(not pcall(csv.parse, "a", {seperator = ";"}) and not pcall(csv.lines, "/no/such/file"))`,
		"time": `
			local time = require "time"
			assert(time.parse("2023-11-14 22:13:20.000100", "UTC") == 1700000000000100)
			assert(time.parse("2023-11-15 06:13:20") == 1700000000000000, "Shanghai")
			assert(time.parse("20231115") == time.parse("2023-11-15") and time.parse("2023-11-14T22:13:20Z") == 1700000000000000)
			assert(time.format(1700000000000100) == "2023-11-15 06:13:20.000100")
			assert(time.format(1700000000000100, "%Y/%m/%d %H:%M", "UTC") == "2023/11/14 22:13")
			assert(math.abs(time.now() / 1e6 - os.time()) < 2)
			assert(not pcall(time.parse, "soon") and not pcall(time.parse, "2023-11-14", "Nowhere"))`,
		"jit": `
			assert(jit.status() == false and jit.os == "Linux" and require "jit" == jit)
			jit.on() jit.off() jit.flush() jit.opt.start("hotloop=1") require "jit.opt".start(3)
			assert(jit.version:find("LuaJIT", 1, true))`,
		"cjson of OpenResty": `
			local cjson = require "cjson"
			assert(cjson.encode(cjson.empty_array) == "[]" and cjson.encode(setmetatable({}, cjson.array_mt)) == "[]")
			assert(cjson.encode(setmetatable({}, cjson.empty_array_mt)) == "[]")
			local c = cjson.new()
			c.encode_empty_table_as_object(false)
			c.encode_escape_forward_slash(false)
			assert(c.encode({}) == "[]" and c.encode("a/b") == '"a/b"' and cjson.encode({}) == "{}")
			c.decode_array_with_array_mt(true)
			assert(c.encode(c.decode("[]")) == "[]")
			assert(not pcall(cjson.encode_max_depth, 0))
			assert(require "cjson.safe".decode("x") == nil)`,
		"socket": `
			local socket = require "socket"
			local ok, e = pcall(function() return socket.tcp() end)
			assert(not ok and e:find("socket.tcp is not available in microts"), e)`,
		"ffi buffers": `
			local ffi = require "ffi"
			local b = ffi.new("char[18]")
			assert(ffi.sizeof(b) == 18 and ffi.sizeof("int[4]") == 16 and ffi.sizeof("char[?]", 5) == 5)
			b[0] = 300 b[1] = "A" b[2] = -1
			assert(b[0] == 44 and b[1] == 65 and b[2] == -1)
			local u = ffi.new("uint8_t[4]", {1, 2, 3})
			assert(u[2] == 3 and u[3] == 0 and ffi.new("int[3]", 7)[2] == 7 and ffi.new("int[?]", 2, 5, 6)[1] == 6)
			assert(ffi.cast("uint32_t *", u)[0] == 0x030201 and ffi.cast("int8_t", 200) == -56 and ffi.cast("uint8_t", -1) == 255)
			local p = u + 1
			assert(p[0] == 2 and p - u == 1 and p == u + 1 and p ~= u and u < p and p[-1] == 1)
			ffi.fill(b, 18, 66) assert(ffi.string(b, 3) == "BBB" and ffi.string(b) == ("B"):rep(18))
			ffi.copy(b, "hello") assert(ffi.string(b) == "hello")
			ffi.copy(b + 2, "xyz", 2) assert(ffi.string(b, 5) == "hexyo")
			assert(ffi.string(ffi.cast("const char *", "abc"), 2) == "ab" and ffi.string("abc") == "abc")
			assert(ffi.new("char *[1]")[0] == nil and ffi.cast("char *", nil) == nil)
			local holder = ffi.new("const char *[1]") holder[0] = "text" assert(ffi.string(holder[0]) == "text")
			assert(ffi.new("double[1]", 1.5)[0] == 1.5 and ffi.new("float[1]", 0.5)[0] == 0.5 and ffi.new("bool[1]", true)[0] == true)
			ffi.cdef "typedef unsigned char byte; typedef struct db db; int f(int); /* comment */"
			assert(ffi.sizeof("byte[3]") == 3 and ffi.istype("byte", ffi.new("byte[1]")) == false and tostring(ffi.typeof("byte[3]")) == "ctype<unsigned char [3]>")
			local T = ffi.typeof("int[2]") assert(T({1, 2})[1] == 2)
			assert(ffi.os == "Linux" and ffi.abi("le") and ffi.abi("64bit") and not ffi.abi("be") and ffi.gc(b, print) == b and ffi.errno() == 0)`,
		"ffi 64 bits": `
			local ffi = require "ffi"
			local n = ffi.new("uint64_t[1]")
			n[0] = 5 assert(n[0] == 5)
			n[0] = 2^63 assert(tostring(n[0]) == "9223372036854775808ULL" and tonumber(n[0]) == 2^63)
			assert(tostring(n[0] + 1) == "9223372036854775809ULL" and n[0] - n[0] == 0 and n[0] / 2^60 == 8)
			local i = ffi.new("int64_t[1]") i[0] = -2^62
			assert(tostring(i[0]) == "-4611686018427387904LL" and tostring(i[0] - 1) == "-4611686018427387905LL")
			assert(n[0] == n[0] and i[0] < n[0] and n[0] > i[0])
			assert(select(2, pcall(function() return n[0] / 0 end)):find("by zero"))`,
		"ffi errors": `
			local ffi = require "ffi"
			local function fails(want, f, ...)
				local ok, e = pcall(f, ...)
				assert(not ok and e:find(want, 1, true), e)
			end
			local b = ffi.new("char[4]")
			fails("t.lua:8: 1 bytes at offset 4 are outside of char [4], which has 4", function() return b[4] end)
			fails("outside of char [4]", function() b[-1] = 0 end)
			fails("outside of char [4]", ffi.copy, b, "12345")
			fails("outside of char [4]", ffi.fill, b, 5)
			fails('C struct "timeval" is not available', ffi.new, "struct timeval")
			fails('C type "nope" is unknown', ffi.new, "nope")
			fails("microts has no memory outside", ffi.cast, "char *", 1234)
			fails("pointer or array expected, got string", ffi.fill, "x", 1)
			fails("has micro_ts and rocksdb", ffi.load, "zmq")
			fails("C function 'rocksdb_open' is not available in microts: use require", function() return ffi.load("rocksdb").rocksdb_open end)
			fails("C function 'getpid' is not available in microts: write it in Lua", function() return ffi.C.getpid end)
			fails("ffi.metatype is not available in microts: use a Lua table", function() return ffi.metatype end)
			fails("indexed by numbers", function() return b.x end)
			fails("use ffi.sizeof", function() return #b end)`,
		"the C functions": `
			local ffi = require "ffi"
			local lib = ffi.load("./lib/micro_ts.so")
			local key, qual, value = ffi.new("uint8_t[18]"), ffi.new("uint8_t[6]"), ffi.new("uint8_t[50]")
			lib.pack_key_qual(key, ("S"):byte(), "000600000", 1699999980000)
			lib.pack_qual(qual, 20000100, 3)
			assert(ffi.string(key, 18) .. ffi.string(qual, 6) == "S000600000\0\0\1\139\207\229\25\224\1\49\45\100\0\3")
			assert(lib.unpack_timestamp(key) == 1699999980000)
			lib.pack_value(value, -105000, 300, 1, 1, 7, 2^53)
			local price, qty, ch, side = ffi.new("int32_t[1]"), ffi.new("uint32_t[1]"), ffi.new("uint8_t[1]"), ffi.new("uint8_t[1]")
			local order, tick = ffi.new("uint64_t[1]"), ffi.new("uint64_t[1]")
			lib.unpack_value(value, price, qty, ch, side, order, tick)
			assert(price[0] == -105000 and qty[0] == 300 and ch[0] == 1 and side[0] == 1 and order[0] == 7 and tick[0] == 2^53)
			local v = require "micro_ts".unpack_value(ffi.string(value, 50))
			assert(v.price == -105000 and v.side == "S" and v.tick_no == 2^53)
			assert(not pcall(lib.pack_key_qual, key, "S", "short", 0) and not pcall(lib.pack_qual, qual, -1, 0) and not pcall(lib.pack_qual, "x", 0, 0))`,
	} {
		t.Run(name, func(t *testing.T) { run(t, newState(t), code) })
	}
}

func TestCSVLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte("a,b\n1,2\n3,4\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	L := newState(t)
	L.SetGlobal("path", lua.LString(path))
	run(t, L, `
		local n = 0
		for row in require "csv".lines(path, {header = true}) do n = n + row.a * row.b end
		assert(n == 14, n)`)
}

// TestHints are the errors for what only LuaJIT's lexer knows.
func TestHints(t *testing.T) {
	L := newState(t)
	for code, want := range map[string]string{
		"local n = 42LL":                        "t.lua: parse error near <eof>: 64-bit literals such as 42LL are LuaJIT's own: write 42",
		"local n = 1 + 0xffULL + 2":             "t.lua:1: ",
		"local n = 18446744073709551615ULL + 1": `or the string "18446744073709551615"`,
		"local n = 3i + 1":                      "complex numbers such as 3i",
		"\x1bLJ\x02":                            "is compiled bytecode",
	} {
		_, err := Compile(L, strings.NewReader(code), "t.lua")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %s", code, err, want)
		}
	}
}

func TestParts(t *testing.T) {
	for source, want := range map[string]string{
		`x = "a" -- c`:                       `0"x = " 1"\"a\"" 0" " 3"-- c"`,
		"--[[ long\n]] y":                    `3"--[[ long\n]]" 0" y"`,
		"a[b] = [==[ ]] ]==]":                `0"a[b] = " 2"[==[ ]] ]==]"`,
		`'it\'s' .. "x`:                      `1"'it\\'s'" 0" .. " 1"\"x"`,
		"\"a\\z \n  b\"":                     `1"\"a\\z \n  b\""`,
		"--[==[ never ends":                  `3"--[==[ never ends"`,
		"t[t[1]] = 2 --[ no long one\nz = 1": `0"t[t[1]] = 2 " 3"--[ no long one" 0"\nz = 1"`,
	} {
		var got []string
		whole := ""
		for _, p := range Parts([]byte(source)) {
			got = append(got, fmt.Sprintf("%d%q", p.Kind, p.Text))
			whole += string(p.Text)
		}
		if strings.Join(got, " ") != want || whole != source {
			t.Errorf("%q:\n got %s\nwant %s", source, strings.Join(got, " "), want)
		}
	}
}

// FuzzCompile: whatever a chunk is, compiling it fails or not, and does not
// panic, and the parts of a source are the source.
func FuzzCompile(f *testing.F) {
	for _, code := range []string{
		"a, b = b, a", "for k in f() .. g() do end", `return 010 .. "\x41\z  b\u{4e2d}" .. 1/3`, "local x <const> = 42LL --[[",
		"x = function(...) local a, b = ... a, b = b, (...) return a .. b end", `"\`, `'\u{`, "[==[", "goto a ::a::",
	} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		_, _ = Compile(L, strings.NewReader(code), "fuzz")
		var whole []byte
		for _, p := range Parts([]byte(code)) {
			whole = append(whole, p.Text...)
		}
		if string(whole) != code {
			t.Errorf("%q has the parts %q", code, whole)
		}
	})
}

// FuzzPattern: a pattern matches or fails, and does not panic.
func FuzzPattern(f *testing.F) {
	f.Add("hello", "(h)(.-)o$")
	f.Add("THE (quick)", "%f[%a]%a+%b()")
	f.Add("", "[^]")
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if len(s) > 100 || len(pattern) > 30 {
			return
		}
		m := matcher{src: s, pattern: pattern}
		for at := range len(s) + 1 {
			m.level = 0
			if end := m.match(at, 0); end > len(s) {
				t.Errorf("%q in %q ends at %d", pattern, s, end)
			}
		}
	})
}

// FuzzUnpack: what string.unpack reads may be anything.
func FuzzUnpack(f *testing.F) {
	f.Add("<i4z s1", "\x01\x00\x00\x00ab\x00\x01x")
	f.Add("!8Xi16c3", "abc")
	f.Fuzz(func(t *testing.T, format, data string) {
		if len(format) > 20 || strings.Contains(format, "c") && len(format) > 8 {
			return
		}
		L := lua.NewState(lua.Options{SkipOpenLibs: true})
		defer L.Close()
		L.Push(L.NewFunction(unpackString))
		L.Push(lua.LString(format))
		L.Push(lua.LString(data))
		if err := L.PCall(2, lua.MultRet, nil); err != nil && strings.Contains(err.Error(), "runtime error") {
			t.Errorf("%q of %q: %v", format, data, err)
		}
	})
}

// FuzzJSON: what cjson.decode reads may be anything; what it makes, encode takes.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,2.5e3,null,true],"\u4e2d":"\ud83d\ude00"}`)
	f.Add(`[nan,"\x"]`)
	f.Fuzz(func(t *testing.T, text string) {
		L := lua.NewState()
		defer L.Close()
		c := newCJSON(L, true)
		if err := L.CallByParam(lua.P{Fn: c.RawGetString("decode"), NRet: 1, Protect: true}, lua.LString(text)); err != nil {
			t.Fatal(err)
		}
		v := L.Get(-1)
		L.Pop(1)
		if err := L.CallByParam(lua.P{Fn: c.RawGetString("encode"), NRet: 1, Protect: true}, v); err != nil {
			t.Fatal(err)
		}
	})
}
