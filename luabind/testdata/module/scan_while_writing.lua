-- A scan sees the ticks that were there when it began.
for i = 1, 3000 do
	db:put("S", 1, i, 0, "old")
end
local n = 0
for us, value in db:scan("S", 1, 0, 10000) do
	assert(value == "old")
	n = n + 1
	db:put("S", 1, us + 1, 0, "new")
	db:put("S", 1, us + 3000, 0, "new")
end
assert(n == 3000, n)
