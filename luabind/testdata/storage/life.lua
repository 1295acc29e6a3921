-- A storage engine can be opened and closed twice and again.
assert(e:init() == true, "twice is no error")
assert(e:write_point("SH600519", {timestamp = 1, value = 1}))
local ok, stats = e:get_statistics()
assert(ok and stats.write_count == 1 and stats.engine == e.version)
assert(tostring(e):find("open: " .. path, 1, true))
assert(e:shutdown() == true and e:shutdown() == true)
assert(tostring(e):find("closed: " .. path, 1, true))

-- While it is closed, methods fail.
local ok, msg = e:read_point("SH600519", 1)
assert(ok == false and msg:find("call engine:init() first", 1, true), msg)

-- The methods have other names too.
assert(e:initialize() and e:close() and e:open())
assert(select(2, e:read_point("SH600519", 1)).value == 1)
local ok, stats = e:get_stats()
assert(ok and stats.write_count == 1)
