-- Handles of one path share the database, which stays open until all are closed.
local other = ts.open(path)
other:put("S", 1, 1, 0, "v")
assert(db:get("S", 1, 1) == "v")
other:close()
assert(db:get("S", 1, 1) == "v")

local reader = ts.open(path, {mode = "r"})
assert(reader:get("S", 1, 1) == "v" and tostring(reader):find("read%-only"))
