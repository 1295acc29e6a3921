local nine = ts.time("2023-11-14 09:30")
for i = 1, 5 do
	db:put("S", 1, nine + i, i, ts.pack_value{price = 100000 + i, qty = 100 * i, side = i % 2 == 1 and "B" or "S", channel = 3, order_no = i, tick_no = i == 2 and "9007199254740994" or i})
end

-- ticks reads ticks into a frame. Prices are in units of the currency, sides 1, -1 or 0.
local f = db:ticks("S", 1, "2023-11-14", "2023-11-15")
assert(#f == 5 and table.concat(f:columns(), " ") == "ts seq price qty side channel order_no tick_no")
assert(f:axis() == "ts")

-- f[i] is a row as a table; there is none before the first and behind the last.
assert(same(f[2], {ts = nine + 2, seq = 2, price = 10.0002, qty = 200, side = -1, channel = 3, order_no = 2, tick_no = "9007199254740994"}))
assert(f[0] == nil and f[6] == nil and f[1.5] == nil and f[-1] == nil)

-- each gives values without a table a row, rows tables.
local n = 0
for us, price, tick_no in f:each("ts", "price", "tick_no") do
	n = n + 1
	assert(us == nine + n and price == 10 + n / 10000 and tick_no == f[n].tick_no)
end
assert(n == 5)
for us, seq, price, qty, side, channel, order_no, tick_no, none in f:each() do
	assert(channel == 3 and none == nil)
end
for row in f:rows() do
	n = n - 1
	assert(row.channel == 3)
end
assert(n == 0)

-- fields chooses the columns; ts is always there.
assert(table.concat(db:ticks("S", 1, nil, nil, {fields = "price,qty"}):columns(), " ") == "ts price qty")
assert(table.concat(db:ticks("S", 1, nil, nil, {fields = {"side", "ts", "seq"}}):columns(), " ") == "ts side seq")

-- A range may be open, empty, or have one tick.
assert(#db:ticks("S", 1, nine + 4) == 2 and #db:ticks("S", 1, nil, nine + 1) == 1)
assert(#db:ticks("S", 1, nine + 4, nine + 3) == 0 and #db:ticks("S", 2) == 0)
assert(db:ticks("S", 2)[1] == nil)
for _ in db:ticks("S", 2):each("price") do
	error("a row of an empty frame")
end

-- tostring shows the first and the last rows.
local text = tostring(f:select{"ts", "price", "side"})
assert(text == [[
                        ts    price  side
2023-11-14 09:30:00.000001  10.0001     1
2023-11-14 09:30:00.000002  10.0002    -1
2023-11-14 09:30:00.000003  10.0003     1
2023-11-14 09:30:00.000004  10.0004    -1
2023-11-14 09:30:00.000005  10.0005     1
5 rows x 3 columns]], text)

-- Values that are no tick records are an error that names the tick, or are skipped and counted.
db:put("S", 1, nine + 9, 0, "other")
local ok, message = pcall(db.ticks, db, "S", 1)
assert(not ok and message:find("ticks: the tick of 2023-11-14 09:30:00.000009 (" .. nine + 9 .. ", seq 0): not a tick record", 1, true), message)
f = db:ticks("S", 1, nil, nil, {skip = true})
assert(#f == 5 and f.skipped == 1)

-- layout reads other values than tick records.
local struct = string.pack
for i = 1, 3 do
	db:put("X", "q", i, i, struct(">i4I2dc2I8xx", -i * 10000, 5 * i, i / 4, "a" .. i, 7))
end
local q = db:ticks("X", "q", nil, nil, {layout = "bid:>i4 / 10000 n:I2 x:d flag:c2 id:I8 xx"})
assert(table.concat(q:columns(), " ") == "ts seq bid n x flag id")
assert(same(q[2], {ts = 2, seq = 2, bid = -2, n = 10, x = 0.5, flag = "a2", id = 7}))
assert(table.concat(q.flag, " ") == "a1 a2 a3")
ok, message = pcall(db.ticks, db, "X", "q", nil, nil, {layout = "bid:>i4"})
assert(not ok and message:find("(1, seq 1): a value of 4 bytes expected, as the layout says, got 26; skip=true leaves such ticks out", 1, true), message)
q = db:ticks("X", "q", nil, nil, {layout = "bid:>i4", skip = true})
assert(#q == 0 and q.skipped == 3)
