-- Points come back in the unit of the times that the script asks for, or else in
-- the unit in which points were first written.
assert(e:write_point("SH600519", {timestamp = 1700000000.25, value = 1}))
local function ts(...)
	local ok, points = e:read_range("SH600519", ...)
	return points[1].timestamp
end
assert(ts(1700000000, 1700000001) == 1700000000.25)
assert(ts(1700000000000, 1700000001000) == 1700000000250)
assert(ts(1700000000000000, 1700000001000000) == 1700000000250000)
assert(ts(0, 1700000001000) == 1700000000250)
assert(ts() == 1700000000.25, "as it was written")
assert(ts(0, 1/0) == 1700000000.25)
assert(select(2, e:get_latest_point("SH600519")).timestamp == 1700000000.25)
e:shutdown()

-- The option time_unit fixes the unit.
local us = SE:new{data_dir = path, time_unit = "us"}
assert(us:init())
assert(select(2, us:get_latest_point("SH600519")).timestamp == 1700000000250000)
assert(us:write_point("SH600519", {timestamp = 100, value = 2}))
assert(select(2, us:read_point("SH600519", 100)).value == 2)
us:shutdown()
assert(e:init())
assert(select(2, e:get_latest_point("SH600519")).timestamp == 1700000000.25)
