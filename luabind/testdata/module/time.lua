-- time reads a time of Asia/Shanghai unless a zone is given; date shows one.
assert(ts.time "2023-11-15 06:13:20.0001" == 1700000000000100)
assert(ts.time("2023-11-14 22:13:20", "UTC") == 1700000000000000)
assert(ts.date(1700000000000100) == "2023-11-15 06:13:20.000100")
assert(ts.date(0, "UTC") == "1970-01-01 00:00:00.000000")
assert(math.abs(ts.time "now" / 1e6 - os.time()) < 2)

local ok, e = pcall(ts.time, "soon")
assert(not ok and e:find("bad argument #1 to 'time' (text: date and time such as", 1, true), e)
assert(not pcall(ts.time, "now", "Nowhere") and not pcall(ts.date, -1) and not pcall(ts.date, "x"))

-- It reads the times of vendors' files, as texts and as numbers.
local at = ts.time "2023-11-13 09:30:00.070"
for _, text in ipairs{"20231113093000070", "20231113 09:30:00.070", "2023/11/13 9:30:00.070", "20231113 93000070", "2023-11-13T01:30:00.070Z", "2023-11-13T09:30:00.070+08:00", tostring(at)} do
	assert(ts.time(text) == at, text)
end
assert(ts.time "2023/11/13 9:30" == at - 70000 and ts.time(20231113093000) == at - 70000 and ts.time(at) == at)
assert(ts.time(20231113) == ts.time "2023-11-13")
ok, e = pcall(ts.time, 20231113093000070)
assert(not ok and e:find("string, as a number of more than 15 digits is not exact, expected", 1, true), e)
ok, e = pcall(ts.time, "")
assert(not ok and e:find('"-5m" or µs expected, got "")', 1, true), e)
assert(not pcall(ts.time) and not pcall(ts.time, 0/0) and not pcall(ts.time, -1) and not pcall(ts.time, {}))

-- An empty zone is none.
assert(ts.time("2023-11-13 09:30", "") == ts.time "2023-11-13 09:30" and ts.date(at, "") == ts.date(at))
ok, e = pcall(ts.time, "2023-11-13", "Nowhere")
assert(not ok and e:find([[bad argument #2 to 'time' (zone: name of a time zone such as "Asia/Shanghai" or "UTC" expected, got "Nowhere")]], 1, true), e)

-- A time that the clocks of a zone skip or show twice is an error; an offset makes it one.
ok, e = pcall(ts.time, "2023-03-12 02:30", "America/New_York")
assert(not ok and e:find("the clocks of America/New_York never show 2023-03-12 02:30:00", 1, true), e)
ok, e = pcall(ts.time, "2023-11-05 01:30", "America/New_York")
assert(not ok and e:find("show 2023-11-05 01:30:00 twice: time with an offset, -04:00 or -05:00, expected", 1, true), e)
assert(ts.time("2023-11-05 01:30-05:00", "America/New_York") - ts.time("2023-11-05 01:30-04:00") == 3600 * 1000000)
