-- scan, count, first, last and delete_range read times as ts.time does, and leave out ends.
local nine = ts.time("2023-11-14 09:30")
for i = 0, 9 do
	db:put("S", 1, nine + i * 60000000, 0, "v" .. i)
end
assert(db:count("S", 1, "2023-11-14 09:31", "2023-11-14 09:33") == 3)
assert(db:count("S", 1, "20231114 09:38") == 2 and db:count("S", 1, nil, "2023-11-14 09:30") == 1)
local n = 0
for us, value in db:scan("S", 1, "2023-11-14 09:35") do
	n = n + 1
	assert(us >= ts.time("2023-11-14 09:35"))
end
assert(n == 5)
for us in db:scan("S", 1) do
	n = n + 1
end
assert(n == 15)
for us, value in db:scan("S", 1, nil, nil, {limit = 1, reverse = true}) do
	assert(value == "v9")
end
assert(select(2, db:first("S", 1, "2023-11-14 09:30:01")) == "v1" and select(2, db:last("S", 1, "2023-11-14")) == nil)
assert(select(2, db:last("S", 1, "2023-11-15")) == "v9")
assert(db:delete_range("S", 1, "2023-11-14 09:32", "2023-11-14 09:33") == 2)
assert(db:delete_range("S", 1, "2023-11-14 09:38") == 2 and db:count("S", 1) == 6)
assert(db:delete_range("S", 1) == 6 and db:count("S", 1) == 0)
