local time = require "time"
assert(time.parse("2023-11-14 22:13:20.000100", "UTC") == 1700000000000100)
assert(time.parse("2023-11-15 06:13:20") == 1700000000000000, "Shanghai")
assert(time.parse("20231115") == time.parse("2023-11-15") and time.parse("2023-11-14T22:13:20Z") == 1700000000000000)
assert(time.format(1700000000000100) == "2023-11-15 06:13:20.000100")
assert(time.format(1700000000000100, "%Y/%m/%d %H:%M", "UTC") == "2023/11/14 22:13")
assert(math.abs(time.now() / 1e6 - os.time()) < 2)
assert(not pcall(time.parse, "soon") and not pcall(time.parse, "2023-11-14", "Nowhere"))
