-- calendar returns the calendar of a name: its trading days, sessions and phases.
local cn = ts.calendar "cn"
local first, last = cn:known()
assert(first == "1990-12-03" and last == "2026-12-31")
assert(tostring(cn) == "micro_ts calendar (cn, 1990-12-03 to 2026-12-31, Asia/Shanghai)", tostring(cn))
assert(getmetatable(cn) == "micro_ts calendar")

assert(table.concat(cn:days("2024-02-05", "2024-02-20"), " ") ==
	"2024-02-05 2024-02-06 2024-02-07 2024-02-08 2024-02-19 2024-02-20")
assert(#cn:days() == 8809 and cn:days()[1] == first)
assert(#cn:days("2024-02-20", "2024-02-05") == 0)
-- A day is also a number, or a time.
assert(cn:days(20240219, 20240219)[1] == "2024-02-19")
assert(#cn:days(ts.time "2024-02-19 09:30", "2024-02-19 15:00") == 1)

local sessions = cn:sessions "2023-11-14"
local function at(text) return ts.time("2023-11-14 " .. text) end
assert(#sessions == 2)
assert(same(sessions[1], {phase = "am", auction = at "09:15", start = at "09:30", stop = at "11:30"}))
assert(same(sessions[2], {phase = "pm", start = at "13:00", stop = at "15:00", closing = at "14:57"}))
assert(sessions[1].closing == nil and sessions[2].auction == nil)
assert(#cn:sessions "2024-02-09" == 0, "the day before the Spring Festival")

for _, c in ipairs{
	{"09:14:59.999999", "closed"}, {"09:25", "auction"}, {"09:30", "am"}, {"11:30", "am"}, {"11:30:00.000001", "break"},
	{"13:00", "pm"}, {"14:57", "closing"}, {"15:00", "closing"}, {"15:00:00.000001", "closed"},
} do
	assert(cn:phase(at(c[1])) == c[2], c[1])
	assert(cn:phase("2023-11-14 " .. c[1]) == c[2], c[1])
end

assert(cn:next "2024-02-08" == "2024-02-19" and cn:next("2024-02-19", -1) == "2024-02-08")
assert(cn:next("2024-02-09", 0) == "2024-02-19" and cn:next("2024-02-19", 0) == "2024-02-19")

-- A night session belongs to the next trading day.
local futures = ts.calendar "cn-futures"
assert(futures:trading_day "2023-11-10 21:00" == "2023-11-13")
assert(futures:trading_day(ts.time "2023-11-11 02:00") == "2023-11-13" and futures:phase "2023-11-11 02:00" == "night")
assert(cn:trading_day "2023-11-10 21:00" == "2023-11-10")

-- Others, by their own zones.
assert(ts.calendar("us"):phase(ts.time("2023-11-24 12:59", "America/New_York")) == "open")
assert(ts.calendar("us"):phase "2023-11-24 13:01" == "closed")
assert(#ts.calendar("hk"):sessions "2024-12-24" == 1)

-- A table makes one, and a calendar is one already.
local mine = ts.calendar{
	base = "cn", days = {"2027-01-04", "2027-01-05"}, to = "2027-01-08", holidays = {"2026-12-31"},
	hours = {["2027-01-05"] = {"09:30-11:30"}},
}
assert(mine:next "2026-12-30" == "2027-01-04" and #mine:sessions "2027-01-05" == 1 and #mine:sessions "2027-01-06" == 0)
local always = ts.calendar{zone = "UTC", week = "all", sessions = {"00:00-24:00"}}
assert(always:phase(0) == "open" and always:trading_day(0) == "1970-01-01")
assert(ts.calendar(mine):known() == "1990-12-03")
local days = ts.calendar{zone = "UTC", from = "2030-01-01", to = "2030-01-31", days = {"2030-01-02"}, sessions = {"09:00-12:00"}, auction = "08:50", closing = "11:55"}
assert(days:sessions("2030-01-02")[1].closing == ts.time("2030-01-02 11:55", "UTC"))
assert(table.concat({days:known()}, " ") == "2030-01-01 2030-01-31")
