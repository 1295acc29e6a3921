-- vwap_deviation.lua: how far each minute's close lies from the day's VWAP up to then.
local ts = require "micro_ts"
local db = ts.open("data/tick", {mode = "r"})

local bars = db:bars("S", "600519", "2023-11-14", "2023-11-14 23:59", "1m")
local vwap = bars.amount:cumsum() / bars.qty:cumsum()
local deviation = (bars.close / vwap - 1) * 1e4                 -- in 1/10000
local z = deviation / deviation:roll(30):std()

local far = bars:with{vwap_of_day = vwap, deviation = deviation, z = z}
print(far:where(z:abs() > 5):select{"stop", "close", "vwap_of_day", "deviation", "z"}:head(5))
