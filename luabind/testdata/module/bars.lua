local function tick(text, price, qty, side)
	db:put("S", 600000, ts.time("2023-11-14 " .. text), "auto", ts.pack_value{price = 10000 * price, qty = qty, side = side})
end
tick("08:59", 1, 1)
tick("09:25", 10, 100)
tick("09:30:01", 11, 100, "B")
tick("09:31", 12, 200, "S")
tick("11:30", 13, 100)
tick("13:00", 14, 100)

-- bars makes bars of the sessions of the market's calendar: the auction belongs to the first one, what is
-- outside of the sessions to none.
local b = db:bars("S", 600000, "2023-11-14", "2023-11-15", "1m")
assert(table.concat(b:columns(), " ") == "start stop open high low close qty amount vwap count complete" and b:axis() == "stop")
assert(#b == 4 and b.left_out == 1)
assert(same(b[1], {start = ts.time("2023-11-14 09:30"), stop = ts.time("2023-11-14 09:31"), open = 10, high = 11, low = 10, close = 11,
	qty = 200, amount = 2100, vwap = 10.5, count = 2, complete = true}))
assert(b[3].stop == ts.time("2023-11-14 11:30") and b[3].close == 13 and b[4].complete == false)
assert(same(b[2], db:bars("S", 600000, nil, nil, 60000000)[2]))

-- Without sessions they lie on multiples of the width in the zone.
assert(#db:bars("S", 600000, nil, nil, "1d", {session = false}) == 1 and db:bars("S", 600000, nil, nil, "1h", {session = false}).left_out == 0)

-- fill gives bars to times without ticks, by says what ends a bar, and agg adds columns.
assert(#db:bars("S", 600000, "2023-11-14 09:00", "2023-11-14 09:35", "1m", {fill = "prev"}) >= 5)
assert(#db:bars("S", 600000, nil, nil, 2, {by = "count", session = false}) == 3)
local a = db:bars("S", 600000, nil, nil, "1m", {agg = {buys = {"sum", "qty * (side > 0)"}, top = {"max", "price"}, n = "count"}})
assert(a[1].buys == 100 and a[1].top == 11 and a[1].n == 2 and a[2].buys == 0)

-- Bars of a frame of ticks, and longer bars of bars, are the same.
local f = db:ticks("S", 600000)
local function equal(x, y)
	assert(#x == #y, #x .. " " .. #y)
	for i = 1, #x do
		x[i].complete = nil
		for k, v in pairs(x[i]) do
			assert(k == "complete" or v == y[i][k], k)
		end
	end
end
equal(f:bars("1m", {session = "cn"}), b)
equal(b:bars("1d", {session = "cn"}), db:bars("S", 600000, nil, nil, "1d"))
assert(f:bars("1m", {session = "cn"}).left_out == 1)

-- No ticks.
assert(#db:bars("S", 1, nil, nil, "1m") == 0 and #db:bars("S", 600000, 2, 1, "1m") == 0 and #f:head(0):bars("5m") == 0)
