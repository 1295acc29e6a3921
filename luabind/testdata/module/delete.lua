for i = 1, 9 do
	db:put("S", 1, i, 0, "v")
end

-- delete removes one tick, which need not exist.
db:delete("S", 1, 5)
db:delete("S", 1, 5, 1)
assert(db:get("S", 1, 5) == nil and db:count("S", 1) == 8)

-- delete_range removes a range, both ends included, and counts what it removed.
assert(db:delete_range("S", 1, 2, 6) == 4)
assert(db:count("S", 1) == 4 and db:get("S", 1, 7) == "v" and db:get("S", 1, 6) == nil)
assert(db:delete_range("S", 1, 6, 2) == 0)
