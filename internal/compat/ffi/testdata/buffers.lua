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
assert(ffi.os == "Linux" and ffi.abi("le") and ffi.abi("64bit") and not ffi.abi("be") and ffi.gc(b, print) == b and ffi.errno() == 0)
