-- Two points of one time and seq are one: write_points says how many were overwritten.
local at = 1700000000.25
local ok, n, overwritten = e:write_points("SH600519", {{timestamp = at, value = 1}, {timestamp = at, value = 2}, {timestamp = at + 1, value = 3}})
assert(ok and n == 3 and overwritten == 1)
local ok, s = e:get_statistics()
assert(s.overwritten == 1 and s.write_count == 3)
ok, n, overwritten = e:write_points("SH600519", {})
assert(ok and n == 0 and overwritten == 0)
ok, n, overwritten = e:write_points("SH600519", {{timestamp = at, value = 2}}, nil, {count_overwritten = true})
assert(ok and n == 1 and overwritten == 1)

-- With the seq "auto" none is. V1 keeps one point a time.
local points = {{timestamp = at, value = 4, seq = "auto"}, {timestamp = at, value = 5, seq = "auto"}}
ok, n, overwritten = e:write_points("SH600519", points)
if SE.version == "V1" then
	assert(not ok and n:find("storage engine V1 keeps one point a time", 1, true), n)
	local ok, message = e:write_point("SH600519", points[1])
	assert(not ok and message:find("storage engine V1 keeps one point a time", 1, true), message)
	return
end
assert(ok and n == 2 and overwritten == 0)
local ok, p = e:read_range("SH600519", at, at)
assert(#p == 3 and p[1].value == 2 and p[2].value == 4 and p[2].seq == 1 and p[3].value == 5 and p[3].seq == 2)
assert(e:write_points("SH600519", {{timestamp = at, value = 6}}, 0, {seq = "auto"}))
assert(e:write_point("SH600519", {timestamp = at, value = 7, seq = "auto"}))
assert(e:shutdown() and e:init())
assert(e:write_point("SH600519", {timestamp = at, value = 8, seq = "auto"}))
ok, p = e:read_range("SH600519", at, at)
assert(#p == 6 and p[6].value == 8 and p[6].seq == 5)

-- Each data type has seqs of its own.
assert(e:write_point("SH600519", {timestamp = at, value = 9, seq = "auto"}, 3))
ok, p = e:read_range("SH600519", at, at, 3)
assert(#p == 1 and p[1].seq == 0)

-- A symbol of any length is an instrument.
assert(e:write_points("rb2405.SHFE", {{timestamp = 1, value = 1, seq = "auto"}, {timestamp = 1, value = 2, seq = "auto"}}))
ok, p = e:read_range("rb2405.SHFE")
assert(#p == 2)
