-- read_range, read_point and get_latest_point return the points that write_points
-- wrote.
local points = {
	{timestamp = 1234567890, value = 100.5, quality = 100},
	{timestamp = 1234567891.000001, value = 1/3},
	{timestamp = 1234567892, value = -0.0001, quality = 0.5, seq = 0, volume = 1e15, channel = 300, side = "S", order_no = 1, tick_no = 2},
	{timestamp = 1234567893, value = 1e300, side = 1},
	{timestamp = 1234567894, value = 10.5, volume = 300, channel = 1, side = "B", order_no = "18446744073709551615", tick_no = 0},
	{timestamp = 1234567895, value = 2^53, qty = 7},
}
assert(select(2, e:write_points("SH000001", points, 0)) == 6)
local ok, got = e:read_range("SH000001", 1234567890, 1234567895, 0)
assert(ok and #got == 6)
for i, p in ipairs(points) do
	local eq, k = same(p, got[i])
	assert(eq, i .. tostring(k))
	local ok, one = e:read_point("000001.SH", p.timestamp)
	assert(ok and same(p, one), i)
end
local ok, last = e:get_latest_point("SH000001", 0)
assert(ok and same(points[6], last))

-- volume is readable as qty too.
assert(got[5].qty == 300 and got[6].volume == 7 and got[1].qty == nil)

-- A point has the fields that it was written with, and a seq. Points share none.
local function fields(p)
	local n = 0
	for k in pairs(p) do
		n = n + 1
	end
	return n
end
assert(fields(got[1]) == 4) -- timestamp, value, quality, seq
got[1].mine = 1
assert(fields(got[1]) == 5)
assert(fields(got[2]) == 3 and got[2].mine == nil)
