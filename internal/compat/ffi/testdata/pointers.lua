local ffi = require "ffi"
-- Buffers hold pointers, which copies keep and fills remove.
local p, q = ffi.new "char *[4]", ffi.new "char *[4]"
p[0], p[1] = "one", ffi.new("char[4]", "two")
ffi.copy(q, p, 16)
assert(ffi.string(q[0]) == "one" and ffi.string(q[1]) == "two" and q[2] == nil)
ffi.copy(q + 1, q, 16)
assert(ffi.string(q[1]) == "one" and ffi.string(q[2]) == "two")
q[0] = nil
ffi.fill(q + 1, 8)
assert(q[0] == nil and q[1] == nil and ffi.string(q[2]) == "two" and ffi.string(p[0]) == "one")
ffi.fill(p, 1, 255) -- a part of a pointer
assert(p[0] == nil and ffi.string(p[1]) == "two")
local all = ffi.new("const char *[3]", "same")
assert(ffi.string(all[0]) == "same" and ffi.string(all[2]) == "same" and all[0] == all[2])
local nested = ffi.new("char *[2][2]", {{"a", "b"}})
assert(ffi.string(nested[1][1]) == "b" and ffi.string(nested[1][0]) == "a")
local list = ffi.new "void *[1]"
list[0] = list
assert(list[0] == list)
-- Pointers may lead outside, and back.
local b = ffi.new("int[4]", {1, 2, 3, 4})
local far = b + 100
assert(far - b == 100 and (far - 98)[0] == 3 and not pcall(function() return far[0] end))
assert(far > b and b < far and b <= b + 0 and not (b + 1 < b))
assert((b + 1.9)[0] == 2 and (2 + b)[0] == 3 and b[1.9] == 2 and (b + 3) - (b + 1) == 2)
assert(not (b < ffi.new "int[4]") and b ~= ffi.new "int[4]")
local bytes = ffi.cast("uint8_t *", b)
bytes[4] = 255
assert(b[1] == 255 and ffi.cast("int16_t *", bytes + 4)[0] == 255 and ffi.cast("void *", b) == b)
assert(ffi.string(ffi.cast("char *", "a\0b"), 3) == "a\0b" and ffi.string("abc", 2) == "ab" and ffi.string("abc", 4) == "abc\0")
local t = ffi.new "char[8]"
ffi.copy(t, "abcdef", 7)
ffi.copy(t + 2, t, 4)
assert(ffi.string(t) == "ababcd")
