-- Writes one day of made-up but realistic ticks of one instrument. Run as jobs:
--   microts batch examples/factors/generate.lua --db data/factors \
--     --param-file examples/factors/universe.csv --dates 2023-11-13..2023-11-17
-- Parameters: market, code, price (of the first day, in the currency), volatility
-- (annual), ticks (a day), date. The same parameters give the same ticks.
local header = { retries = 1 }
local ts = require "micro_ts"
local p = job.params

-- The code and the date decide the seed and the opening price.
local day_us = ts.time(p.date .. " 00:00")
local day = math.floor(day_us / 86400e6)
math.randomseed(p.code * 31 + day)
local function normal()
    return math.sqrt(-2 * math.log(1 - math.random())) * math.cos(2 * math.pi * math.random())
end
local daily = p.volatility / math.sqrt(252)
local price = p.price * math.exp(daily * 0.5 * math.sin(day * 1.3 + p.code))

-- The sessions of the Shanghai and Shenzhen exchanges, in minutes of the day. Trading
-- is busiest at the open and at the close.
local sessions = { { 570, 690 }, { 780, 900 } }
local function intensity(minute)
    local x = (minute < 690 and minute - 570 or minute - 660) / 240 -- 0 at the open, 1 at the close
    return 0.6 + 2.2 * (x - 0.5) ^ 2 * 4 * 0.5
end
local weight = 0
for _, s in ipairs(sessions) do
    for minute = s[1], s[2] - 1 do weight = weight + intensity(minute) end
end

local rows, n = {}, 0
local flow = 0      -- above 0 buyers press, below 0 sellers; it returns to 0 slowly
local excite = 1    -- volatility, which comes in clusters
local per_tick = daily / math.sqrt(p.ticks)
for _, s in ipairs(sessions) do
    for minute = s[1], s[2] - 1 do
        local count = math.floor(p.ticks * intensity(minute) / weight + math.random())
        for i = 1, count do
            flow = 0.98 * flow + 0.2 * normal()
            local shock = normal()
            excite = 0.995 * excite + 0.005 * (0.5 + shock * shock / 2)
            price = price * math.exp(per_tick * (excite * shock + 0.15 * flow))
            local us = day_us + minute * 60e6 + math.floor((i - 1 + math.random()) / count * 60e6)
            local side = math.random() < 1 / (1 + math.exp(-2 * flow)) and "B" or "S"
            local cents = math.floor(price * 100 + 0.5)
            n = n + 1
            rows[n] = { us, ts.pack_value {
                price = cents * 100, side = side, order_no = n, tick_no = n,
                qty = 100 * math.floor(1 + math.exp(1.2 * math.abs(normal()))),
            }, n % 65536 }
        end
        job.progress(minute < 690 and minute - 569 or minute - 659, 240)
    end
end
job.db:put_many(p.market, p.code, rows)
job.log(n .. " ticks, from " .. p.price .. " to " .. ("%.2f"):format(price))
return { written = n, close = math.floor(price * 100 + 0.5) / 100 }
