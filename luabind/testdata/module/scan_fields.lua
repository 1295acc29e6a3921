local function record(t) return ts.pack_value(t) end
db:put("S", 1, 10, 0, record{price = 105000, qty = 300, side = "B", channel = 6, order_no = 7, tick_no = "18446744073709551615"})
db:put("S", 1, 10, 1, record{price = -5, qty = 4294967295, side = "S"})
db:put("S", 1, 20, 0, "other")
db:put("S", 1, 30, 0, record{price = 1, qty = 0})

-- fields returns the fields of a record: the price in units of the currency, the side as 1, -1 or 0.
local price, qty, side, channel, order_no, tick_no, none = ts.fields(db:get("S", 1, 10))
assert(price == 10.5 and qty == 300 and side == 1 and channel == 6 and order_no == 7)
assert(tick_no == "18446744073709551615" and none == nil)
assert(select("#", ts.fields(db:get("S", 1, 30))) == 6 and select(3, ts.fields(db:get("S", 1, 30))) == 0)

-- A scan gives the fields that are named, in the order of their names.
local rows = {}
for us, side, price, seq, qty in db:scan("S", 1, 0, 19, {fields = "side, price,seq qty"}) do
	rows[#rows + 1] = {us, side, price, seq, qty}
end
assert(same(rows, {{10, 1, 10.5, 0, 300}, {10, -1, -0.0005, 1, 4294967295}}) and #rows == 2)
for us, order_no, tick_no, channel, ts_us in db:scan("S", 1, 0, 10, {fields = {"order_no", "tick_no", "channel", "ts"}, limit = 1}) do
	assert(us == 10 and order_no == 7 and tick_no == "18446744073709551615" and channel == 6 and ts_us == 10)
end

-- A value that is no record is an error that names the tick, unless such ticks are left out.
local function scan(opts)
	local all = {}
	for us in db:scan("S", 1, nil, nil, opts) do
		all[#all + 1] = us
	end
	return table.concat(all, " ")
end
local ok, message = pcall(scan, {fields = "price"})
assert(not ok and message:find("scan: the tick of 1970-01-01 08:00:00.000020 (20, seq 0): not a tick record: 5 bytes, not 50", 1, true), message)
assert(scan{fields = "price", skip = true} == "10 10 30")
assert(scan{fields = "price", skip = true, limit = 3} == "10 10 30")
assert(scan{fields = "price", skip = true, reverse = true} == "30 10 10")
assert(scan{fields = "price", limit = 0} == "")
local next = db:scan("S", 2, nil, nil, {fields = "price"})
assert(next() == nil and next() == nil)
