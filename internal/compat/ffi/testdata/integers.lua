local ffi = require "ffi"
local n = ffi.new("uint64_t[1]")
n[0] = 5 assert(n[0] == 5)
n[0] = 2^63 assert(tostring(n[0]) == "9223372036854775808ULL" and tonumber(n[0]) == 2^63)
assert(tostring(n[0] + 1) == "9223372036854775809ULL" and n[0] - n[0] == 0 and n[0] / 2^60 == 8)
local i = ffi.new("int64_t[1]") i[0] = -2^62
assert(tostring(i[0]) == "-4611686018427387904LL" and tostring(i[0] - 1) == "-4611686018427387905LL")
assert(n[0] == n[0] and i[0] < n[0] and n[0] > i[0])
assert(select(2, pcall(function() return n[0] / 0 end)):find("by zero"))
-- With numbers, as LuaJIT does.
local u, s = n[0], i[0]
assert(u == 2^63 and 2^63 == u and u ~= 5 and u > 5 and 5 < u and u >= 2^63 and u <= 2^63 and not (u < 5) and s < 0 and s == -2^62)
assert(u ~= nil and u < 2^64 and u < math.huge and u ~= 2^64 and s > -math.huge)
assert(tostring(u + 1.9) == "9223372036854775809ULL" and u % 10 == 8 and s % 10 == -4 and s / -2 == 2^61 and u * 2 == 0)
assert(tostring(-u) == "9223372036854775808ULL" and tostring(-s) == "4611686018427387904LL" and u / -2 == 0)
assert(u ^ 2 == 0 and s ^ 0 == 1 and s ^ -1 == 0 and tostring((s + 1) ^ 1) == "-4611686018427387903LL")
i[0] = -2^63
assert(tostring(i[0] / -1) == "-9223372036854775808LL" and i[0] % -1 == 0)
-- What holds a number exactly is a number.
for _, c in ipairs {2^53, -2^53, 0, 1} do i[0] = c assert(type(i[0]) == "number" and i[0] == c) end
i[0] = 2^53 i[0] = i[0] + 2
assert(type(i[0]) == "cdata" and tonumber(i[0]) == 2^53 + 2 and type(i[0] - 2) == "number")
-- Stored in other types, they are cut.
local b = ffi.new "uint8_t[2]"
b[0] = u + 258
assert(b[0] == 2 and ffi.cast("int32_t", u + 7) == 7 and ffi.cast("double", u) == 2^63 and ffi.new("float[1]", u)[0] == 2^63)
-- Conversions of numbers.
for _, c in ipairs {{"int8_t", 200, -56}, {"uint8_t", -1, 255}, {"int16_t", 40000, -25536}, {"uint16_t", -1, 65535}, {"int32_t", 2^31, -2^31},
    {"int32_t", 2^32 + 5, -2^31}, {"int32_t", 0/0, -2^31}, {"uint8_t", 2^32 - 1, 0}, {"int16_t", -2^31 - 1, 0}, {"int8_t", -2^31 + 1, 1},
    {"uint32_t", -1, 2^32 - 1}, {"int", 1.9, 1}, {"int", -1.9, -1}, {"uint32_t", 2^32 + 5, 5}, {"float", 0.1, 0.10000000149011612}, {"int64_t", -5, -5}} do
    local a = ffi.new(c[1] .. "[1]")
    a[0] = c[2]
    assert(a[0] == c[3] and ffi.cast(c[1], c[2]) == c[3] and ffi.new(c[1] .. "[1]", c[2])[0] == c[3], c[1])
end
