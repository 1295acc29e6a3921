local ts = require "micro_ts"
local db = ts.open(arg[1] or "./data/tick")

-- 模拟 500 w 笔行情
for i=1,5000000 do
    local ts_us = 1700000000000000 + i*100  -- 微秒
    local price = tostring(100 + i%200)     -- 4 B
    local qty   = tostring(200 + i%300)     -- 4 B
    local value = price..qty                -- 50 B 可再补 0
    ts.put(db, "S", 600000, ts_us, 0, value)
    if i%100000==0 then print("written", i) end
end

ts.close(db)
