-- get returns the value that put wrote.
ts.put(db, "S", 600000, 1700000000000100, 0, "101201")
assert(ts.get(db, "S", 600000, 1700000000000100, 0) == "101201")
assert(ts.get(db, "S", 600000, 1700000000000100) == "101201", "seq nil is 0")

-- Where there is no tick, get returns one nil.
assert(ts.get(db, "S", 600000, 1700000000000100, 1) == nil)
assert(select("#", ts.get(db, "S", 600000, 1)) == 1, "one nil")

-- Numbers can be given as strings.
assert(db:get("S", "600000", 1700000000000100) == "101201", "code as a string")
assert(db:get("S", "000600000", "1700000000000100", "0") == "101201", "numbers as strings")

-- put writes over what is there. A value may be empty or hold any bytes.
db:put("S", 600000, 1700000000000100, nil, "")
assert(db:get("S", 600000, 1700000000000100) == "")
db:put("U", "BRK.B", 0, 65535, "\0\255")
assert(db:get("U", "BRK.B", 0, 65535) == "\0\255")

-- The last time is 2^53 - 1.
db:put("S", 1, 2^53 - 1, 0, "last")
assert(db:get("S", 1, 2^53 - 1) == "last")
