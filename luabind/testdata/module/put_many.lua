-- put_many takes rows by place and by name ...
assert(db:put_many("S", 1, {{1, "a"}, {2, "b", 7}, {ts_us = 3, value = "c", seq = 8}}) == 3)
assert(db:get("S", 1, 1) == "a")
assert(db:get("S", 1, 2, 7) == "b")
assert(db:get("S", 1, 3, 8) == "c")

-- ... and packed rows in a string.
assert(db:put_many("S", 2, ts.pack_row(1, 0, "x") .. ts.pack_row(2, 5, "")) == 2)
assert(db:get("S", 2, 1) == "x")
assert(db:get("S", 2, 2, 5) == "")

assert(db:put_many("S", 1, {}) == 0 and db:put_many("S", 1, "") == 0)
assert(not pcall(db.put_many, db, "S", 3, {{1, "a"}, {-1, "b"}}))
assert(db:count("S", 3) == 0, "if one row is bad, none is written")
