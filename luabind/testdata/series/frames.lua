-- Columns of frames are series, and indicators take frames.
local ts = require "micro_ts"
local db = ts.open(path)
local us = ts.time("2023-11-14 09:30")
for i = 1, 600 do
	db:put("S", 600000, us + i * 1000000, 0, ts.pack_value{price = 100000 + i * 7919 % 500, qty = 100 + i % 7})
end
local bars = db:bars("S", 600000, us, us + 600000000, "1m", {session = false})
assert(#bars == 11)

local function same(a, b)
	assert(#a == #b and #a > 0)
	for i = 1, #a do assert(a[i] == b[i] or a[i] ~= a[i] and b[i] ~= b[i], i) end
end
same(ta.atr(bars, 3), ta.atr(bars.high, bars.low, bars.close, 3))
same(ta.obv(bars), ta.obv(bars.close, bars.qty))
same(ta.vwap(bars, 3), ta.vwap(bars.close, bars.qty, 3))
same(ta.sma(bars, {n = 3}), bars.close:roll(3):mean())
assert(ta.sma(bars, 3):times()[1] == bars.stop[1])
same(bars.close:roll("3m"):max(), bars.close:roll(3, {min = 1}):max())

-- Ticks have a price of their own.
local ticks = db:ticks("S", 600000)
local vwap = ta.vwap(ticks)
assert(math.abs(vwap[#vwap] - (ticks.price * ticks.qty):sum() / ticks.qty:sum()) < 1e-12)
local ok, message = pcall(ta.atr, ticks)
assert(not ok and message:find('unknown column "high"', 1, true), message)
db:close()
