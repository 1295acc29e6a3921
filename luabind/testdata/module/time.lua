-- time reads a time of Asia/Shanghai unless a zone is given; date shows one.
assert(ts.time "2023-11-15 06:13:20.0001" == 1700000000000100)
assert(ts.time("2023-11-14 22:13:20", "UTC") == 1700000000000000)
assert(ts.date(1700000000000100) == "2023-11-15 06:13:20.000100")
assert(ts.date(0, "UTC") == "1970-01-01 00:00:00.000000")
assert(math.abs(ts.time "now" / 1e6 - os.time()) < 2)

local ok, e = pcall(ts.time, "soon")
assert(not ok and e:find("bad argument #1 to 'time' (text: date and time such as", 1, true), e)
assert(not pcall(ts.time, "now", "Nowhere") and not pcall(ts.date, -1) and not pcall(ts.date, "x"))
