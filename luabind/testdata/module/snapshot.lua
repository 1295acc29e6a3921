-- A snapshot does not see what is written after it.
db:put("S", 1, 1, 0, "old")
local snap = db:snapshot()
db:put("S", 1, 1, 0, "new")
db:put("S", 1, 2, 0, "new")
assert(snap:get("S", 1, 1) == "old" and snap:count("S", 1) == 1 and db:count("S", 1) == 2)
assert(tostring(snap):find("snapshot"))
snap:close()
