-- Makes a database of three instruments, one of them with 100 tick records.
local ts = require "micro_ts"
local db = ts.open(arg[1])
local t0 = ts.time "2023-11-14 09:30"
for i = 0, 99 do
    db:put("S", 600000, t0 + i * 1e6, 0, ts.pack_value{price = 100000 + i * 100, qty = i, side = "B", order_no = i, tick_no = i})
end
db:put("S", 600519, t0, 0, "1688.5")
db:put("H", 700, t0, 0, "320.5")
