-- numbers, constants and loops
local a, b = -0, 0
print(1 / a, 1 / b, a == b, 0 == -0)
print((function() return -0, 0, 1 / -0, 1 / 0 end)())
print(2 ^ 10, 7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2, -5.5 % 2, 5 % math.huge)
print(1e15, 1e14, 123456789012345, 0.1, 1 / 3, 100, 1e100, -1e-7, 2 ^ 53)
print(10 / 2, 3 * 1.5, 7 - 10, "10" + 5, "0x10" * 2, 10 .. 20, -"2")
print(0x7fffffff, 0xffffffff, 1e3, .5, 3., 0x1p4)
for i = 1, 3 do io.write(i, " ") end print()
for i = 3, 1, -1 do io.write(i, " ") end print()
for i = 1, 0 do print "never" end
for i = 0, 1, 0.25 do io.write(i, " ") end print()
for i = 1, 3 do local j = i i = i * 10 io.write(i, " ", j, " ") end print()
for i = "1", "2" do io.write(i, " ") end print()
print(pcall(function() for i = 1, {} do end end))
print(pcall(function() for i = nil, 1 do end end))
print(pcall(function() for i = 1, 2, "x" do end end))
for i = 1, 2, 0 do print "zero step" break end
for i = math.huge, math.huge do print(i) break end
local t = {}
t[20231113] = 1 t[2 ^ 40] = 2 t[-1] = 3 t[0] = 4 t[1.5] = 5
print(#t, t[20231113], t[2 ^ 40], t[-1], t[0], t[1.5], t[-0])
t[1] = "one" t[1.0] = "uno" print(t[1], #t)
print(pcall(function() t[nil] = 1 end)) print(pcall(function() t[0 / 0] = 1 end)) print(t[nil], t[0 / 0])
print(1 < 2, 1 <= 1, 2 > 1, 1 >= 2, 1 ~= 1, "a" < "b", "a" <= "a", "B" < "a", "" < "a", "a\0b" < "a\0c")
print(3 == 3.0, "3" == 3, 1e400, -1e400, 2 ^ 1024 == 1 / 0)
local x = 5 x = x + 1 - 2 * 3 / 4 ^ 2 % 5 print(x)
print(1 + 2 + x, x + 1 + 2, 2 * (3 * x), -x ^ 2, (-x) ^ 2, not 1 == 2)
local function konst() return 1 - 2, 3 / 2, 2 ^ 0.5 == 2 ^ .5, 10 % 3, -(-1), 0 / 1, -0 / 1 end
print(konst())
print(8 % 3.5, -8 % 3.5, 2 ^ 31 % 7, 4294967297 % 4294967296, 1e300 % 3)
print(tostring(1e15), tostring(-1e15), 1e16, 12345678901234567890)
print(tonumber("0x1F"), tonumber("  12  "), tonumber("1e2"), tonumber("1 2"), tonumber(""), tonumber("z", 36), tonumber("11", 2), tonumber("9", 8))
