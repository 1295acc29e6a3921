assert(db:first("S", 1) == nil and db:last("S", 1) == nil and db:count("S", 1) == 0)
for i = 1, 9 do
	db:put("S", 1, i * 10, i, "v" .. i)
end

-- first returns the tick at or after a time, last the one at or before it.
local us, value, seq = db:first("S", 1, 15)
assert(us == 20 and value == "v2" and seq == 2)
us, value, seq = db:last("S", 1, 15)
assert(us == 10 and value == "v1" and seq == 1)
assert(db:first("S", 1) == 10 and db:last("S", 1) == 90)
assert(db:first("S", 1, 91) == nil and db:last("S", 1, 9) == nil)

-- count counts a range, both ends included. A missing end is that of time.
assert(db:count("S", 1) == 9)
assert(db:count("S", 1, 20) == 8)
assert(db:count("S", 1, 20, 30) == 2)
assert(db:count("S", 1, nil, 30) == 3)
