for i = 0, 4999 do
	db:put("S", 1, i * 10, i % 3, tostring(i))
end

-- A scan goes through a range of time in order, both ends included.
local n = 0
for us, value, seq in ts.scan(db, "S", 1, 100, 49980) do
	local i = 10 + n
	assert(us == i * 10 and value == tostring(i) and seq == i % 3)
	n = n + 1
end
assert(n == 4989, n)

-- It can begin at the end, and stop after some rows.
local t = {}
for us, value in db:scan("S", 1, 0, 100, {reverse = true, limit = 3}) do
	t[#t + 1] = us .. "=" .. value
end
assert(table.concat(t, " ") == "100=10 90=9 80=8", table.concat(t, " "))

-- A scan of nothing has no rows.
for _ in db:scan("S", 1, 0, 100, {limit = 0}) do error("limit 0") end
for _ in db:scan("S", 1, 100, 99) do error("start after end") end
for _ in db:scan("S", 2, 0, 100) do error("no such instrument") end

-- The script may keep what it got.
local keep = {}
for us, value, seq in db:scan("S", 1, 0, 49990) do
	keep[#keep + 1] = {us, value, seq}
end
for i, row in ipairs(keep) do
	assert(row[1] == (i - 1) * 10 and row[2] == tostring(i - 1))
end
