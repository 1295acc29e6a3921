-- ma_cross.lua: when the mean of the last 5 closes crosses that of the last 20.
local ts = require "micro_ts"
local db = ts.open("data/tick", {mode = "r"})

local bars = db:bars("S", "600519", "2023-11-13", "2023-11-18", "15m")
local fast, slow = bars.close:roll(5):mean(), bars.close:roll(20):mean()
local above = fast > slow
local turned = above - above:shift(1)      -- 1 where it crosses upwards, -1 downwards

local signals = bars:with{fast = fast, slow = slow, signal = turned}
print(signals:where(turned:abs() > 0):select{"stop", "close", "fast", "slow", "signal"})
