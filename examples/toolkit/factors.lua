-- factors.lua: factors of one instrument and day. microts batch runs it for each.
local ts = require "micro_ts"
local p = job.params
local session = ts.calendar("cn"):sessions(p.date)

local bars = job.db:bars(p.market, p.code, session[1].auction, session[#session].stop, "5m", {
    agg = {imbalance = {"sum", "qty * side"}},
})
if #bars == 0 then return end

local returns = bars.close:log():diff()
return {
    bars = #bars,
    ret = bars.close[#bars] / bars.open[1] - 1,
    volatility = returns:std() * math.sqrt(#bars),
    imbalance = bars.imbalance:sum() / bars.qty:sum(),
    vwap = bars.amount:sum() / bars.qty:sum(),
}
