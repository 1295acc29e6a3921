local ffi = require "ffi"
local n = ffi.new("uint64_t[1]")
n[0] = 5 assert(n[0] == 5)
n[0] = 2^63 assert(tostring(n[0]) == "9223372036854775808ULL" and tonumber(n[0]) == 2^63)
assert(tostring(n[0] + 1) == "9223372036854775809ULL" and n[0] - n[0] == 0 and n[0] / 2^60 == 8)
local i = ffi.new("int64_t[1]") i[0] = -2^62
assert(tostring(i[0]) == "-4611686018427387904LL" and tostring(i[0] - 1) == "-4611686018427387905LL")
assert(n[0] == n[0] and i[0] < n[0] and n[0] > i[0])
assert(select(2, pcall(function() return n[0] / 0 end)):find("by zero"))
