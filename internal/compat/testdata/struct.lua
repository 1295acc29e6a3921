local s = require "struct"
assert(s.pack("<i4", 1) == "\1\0\0\0" and s.pack(">i2i2", 1, 2) == "\0\1\0\2")
assert(s.pack("s", "hi") == "hi\0" and s.unpack("s", "hi\0x") == "hi")
assert(s.pack("c3", "abcd") == "abc" and s.pack("c0", "abc") == "abc")
local a, b = s.unpack("<I1c0", "\3abcd")
assert(a == "abc" and b == 5)
assert(s.size("<i4d") == 12 and not pcall(s.size, "s"))
assert(s.pack("<i4", 1.9) == "\1\0\0\0" and not pcall(s.unpack, "<i4", "ab"))
