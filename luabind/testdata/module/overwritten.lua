-- put_many says how many rows a later one of the call replaced ...
local n, overwritten = db:put_many("S", 1, {{1, "a"}, {1, "b"}, {2, "c"}, {2, "d", 1}, {1, "e"}})
assert(n == 5 and overwritten == 2 and db:get("S", 1, 1) == "e")
assert(db:stats().overwritten == 2)
n, overwritten = db:put_many("S", 1, {{3, "f"}, {4, "g"}})
assert(n == 2 and overwritten == 0)

-- ... and, if it is asked, also those that replaced a tick of before.
n, overwritten = db:put_many("S", 1, {{3, "h"}, {4, "i"}, {5, "j"}}, {count_overwritten = true})
assert(n == 3 and overwritten == 2)
assert(db:stats().overwritten == 4)
assert(select(2, db:put_many("S", 1, {{3, "h"}})) == 0)
