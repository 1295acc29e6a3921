local ts = require "micro_ts"
local db = ts.open(arg[1] or "./data/tick")

local market, code = "S", 600000
local start_us = 1700000000000000
local end_us   = 1700000000000000 + 1000000   -- 拉 1 s

for us=start_us, end_us, 100 do
    local v = ts.get(db, market, code, us, 0)
    if v then print(us, v) end
end

ts.close(db)
