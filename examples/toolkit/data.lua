-- Opens the database of the examples, and fills it with made-up trades and quotes of one morning.
local ts = require "micro_ts"

return function(path)
    local db = ts.open(path or "data/toolkit")
    if #db:codes() > 0 then return db end
    math.randomseed(7)
    local begin, mid = ts.time("2023-11-14 09:30"), {["600519"] = 17700000, ["000858"] = 1500000}
    for _, code in ipairs{"600519", "000858"} do
        for i = 0, 3599 do
            local us = begin + i * 1000000 + math.random(0, 400000)
            mid[code] = math.floor(mid[code] * (1 + (math.random() - 0.5) / 5000))
            local bid, ask = mid[code] - 100 * math.random(1, 3), mid[code] + 100 * math.random(1, 3)
            local buys = math.random() < 0.5 + 0.2 * math.sin(i / 300)
            -- A quote: bid, ask and their quantities. The trade comes 300 ms later.
            db:put("Q", code, us, 0, string.pack(">i4i4I4I4", bid, ask, math.random(1, 50) * 100, math.random(1, 50) * 100))
            db:put("S", code, us + 300000, 0, ts.pack_value{price = buys and ask or bid, qty = math.random(1, 9) * 100, side = buys and "B" or "S"})
        end
    end
    return db
end
