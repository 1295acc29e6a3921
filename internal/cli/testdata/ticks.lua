-- Writes the ticks of one morning, the same each time, into the database arg[1].
local ts = require "micro_ts"
local db = ts.open(arg[1])
local open_us = ts.time "2023-11-14 09:30"
for i, code in ipairs{600000, 600519} do
    local price = ({72000, 17650000})[i]
    for second = 0, 7199 do
        price = price + math.floor((math.random() - 0.498) * price * 0.0008)
        db:put("S", code, open_us + second * 1e6, 0, ts.pack_value{
            price = price, qty = 100 * math.random(1, 40), side = math.random() < 0.5 and "B" or "S",
            order_no = second + 1, tick_no = second + 1,
        })
    end
end
db:close()
