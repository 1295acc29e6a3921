-- stats returns an object with fields; tostring shows them.
db:put("S", 1, 1, 0, "v")
db:flush()
local s = db:stats()
assert(s.records == 1 and s.mode == "rw" and s.durability == "process" and s.disk_bytes > 0 and s.path == path)
assert(tostring(s):find("disk_bytes"), tostring(s))
assert(s.no_such_field == nil)
assert(not pcall(function() return s.no_such_field.x end))
