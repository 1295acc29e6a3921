-- Computes factors of one instrument on one day. Run as jobs:
--   microts batch --config examples/factors/microts.toml
--
-- momentum     log return from the first to the last tick
-- late         log return of the last 30 minutes
-- volatility   annual realized volatility (Andersen, Bollerslev, Diebold, Labys
--              2001): square root of the sum of squared 5-minute log returns,
--              times sqrt(252)
-- vwap_bp      last price over the volume-weighted average price, in 1/10000
-- imbalance    order imbalance (Chordia, Roll, Subrahmanyam 2002), -1 to 1:
--              (bought - sold) / (bought + sold) shares
-- illiquidity  |momentum| per 1e8 of the currency traded (Amihud 2002)
local header = { timeout = "1m", memory = "512MB" }
local ts = require "micro_ts"
local p = job.params

local from = ts.time(p.date .. " 00:00")
local to = from + 86400e6 - 1
local total = job.db:count(p.market, p.code, from, to)
if total == 0 then
    job.log("no ticks")
    return
end

local step = 5 * 60e6                   -- between the returns of the volatility, in µs
local last_us = job.db:last(p.market, p.code, to)
local late_from = last_us - 30 * 60e6

local n, open, close, late_open = 0, nil, nil, nil
local amount, volume, bought, sold = 0, 0, 0, 0
local squares, bar, bar_close, previous = 0, nil, nil, nil

local function end_bar()
    if previous then
        local r = math.log(bar_close / previous)
        squares = squares + r * r
    end
    previous = bar_close
end

for us, value in job.db:scan(p.market, p.code, from, to) do
    local tick = ts.unpack_value(value)
    local price, qty = tick.price, tick.qty
    n = n + 1
    open = open or price
    if us >= late_from then late_open = late_open or price end
    local b = math.floor(us / step)
    if b ~= bar then
        if bar then end_bar() end
        bar = b
    end
    bar_close, close = price, price
    amount, volume = amount + price * qty, volume + qty
    if tick.side == "B" then bought = bought + qty elseif tick.side == "S" then sold = sold + qty end
    if n % 1000 == 0 then job.progress(n, total) end
end
end_bar()
job.progress(n, total)

local momentum = math.log(close / open)
return {
    ticks = n,
    close = close / 10000,
    momentum = momentum,
    late = math.log(close / late_open),
    volatility = math.sqrt(squares * 252),
    vwap_bp = (close / (amount / volume) - 1) * 10000,
    imbalance = (bought - sold) / (bought + sold),
    illiquidity = math.abs(momentum) / (amount / 10000 / 1e8),
}
