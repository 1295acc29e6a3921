-- delete_data removes a range of time, both ends included.
for i = 1, 10 do
	assert(e:write_point("SH600519", {timestamp = i, value = i}))
end
local ok, n = e:delete_data("SH600519", 3, 5)
assert(ok and n == 3, n)
local ok, r = e:read_range("SH600519", 0, 100)
assert(#r == 7)
assert(e:compact_data("SH600519") and e:compact_data())
