package lib_test

import (
	"testing"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
)

// TestPackAndStructAgreeWithTheirManuals runs assertions: LuaJIT has neither.
func TestPackAndStructAgreeWithTheirManuals(t *testing.T) {
	s := newState(nil)
	s.Globals.SetStr(luavm.Intern("struct"), lib.Struct().Value())
	f, err := s.Load([]byte(`
		local p, u, size = string.pack, string.unpack, string.packsize
		assert(p("<i4", 1) == "\1\0\0\0" and p(">i2i2", 1, 2) == "\0\1\0\2" and p("<i3", -2) == "\254\255\255")
		assert(p("z", "hi") == "hi\0" and p("<s1", "abc") == "\3abc" and p("c5", "ab") == "ab\0\0\0" and p("x") == "\0")
		assert(u("<d", p("<d", 0.1)) == 0.1 and u(">f", p(">f", 0.5)) == 0.5)
		local a, b, c = u("<I2z", "\1\2hi\0")
		assert(a == 513 and b == "hi" and c == 6)
		assert(u("<i8", p("<i8", -5)) == -5 and u("<I8", "\255\255\255\255\255\255\255\255") == "18446744073709551615")
		assert(p("<i8", "9223372036854775807") == "\255\255\255\255\255\255\255\127")
		assert(size("!8i1i8") == 16 and size("<i4d") == 12 and u("<I1", "\1\2\3", -1) == 3)
		local function fails(text, ...) local ok, e = pcall(...) assert(not ok and e:find(text, 1, true), e) end
		fails("bad argument #2 to '?' (number has no integer representation)", p, "i4", 1.5)
		fails("bad argument #2 to '?' (unsigned overflow)", p, "B", 256)
		fails("bad argument #2 to '?' (data string too short)", u, "i4", "ab")
		fails("bad argument #1 to '?' (invalid format option 'y')", p, "y")
		fails("bad argument #1 to '?' (variable-length format)", size, "z")

		local s = struct
		assert(s.pack("s", "hi") == "hi\0" and s.unpack("s", "hi\0x") == "hi")
		assert(s.pack("c3", "abcd") == "abc" and s.pack("c0", "abc") == "abc")
		local a, b = s.unpack("<I1c0", "\3abcd")
		assert(a == "abc" and b == 5)
		assert(s.size("<i4d") == 12 and not pcall(s.size, "s"))
		assert(s.pack("<i4", 1.9) == "\1\0\0\0" and not pcall(s.unpack, "<i4", "ab"))
	`), "=pack", s.Globals)
	if err == nil {
		_, err = s.Call(f.Value())
	}
	if err != nil {
		t.Error(err)
	}
}
