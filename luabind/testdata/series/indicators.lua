-- same compares two series, bit for bit.
local function same(a, b, what)
	assert(#a == #b, what)
	for i = 1, #a do
		assert(a[i] == b[i] or a[i] ~= a[i] and b[i] ~= b[i], what .. ", row " .. i)
	end
end

local rows, columns = 300, {}
for k, name in ipairs{"close", "high", "low", "volume"} do
	local t = {}
	for i = 1, rows do
		local close = 100 + 10 * math.sin(i / 7) + i % 5
		t[i] = ({close, close + 1 + i % 3, close - 1 - i % 2, 1000 + i % 11})[k]
		if i % 50 == 0 then t[i] = 0 / 0 end
	end
	columns[name] = t
end
columns.price = columns.close

-- Each indicator: whole columns, as tables or series or by name, give what its operator
-- gives row by row.
local inputs = {
	sma = "close", ema = "close", wma = "close", dema = "close", tema = "close", trima = "close", t3 = "close", rsi = "close",
	macd = "close", boll = "close", atr = "high low close", adx = "high low close", stoch = "high low close",
	kdj = "high low close", cci = "high low close", willr = "high low close", mom = "close", roc = "close",
	obv = "close volume", sar = "high low", trix = "close", aroon = "high low", mfi = "high low close volume", vwap = "price volume",
}
for name in pairs(ta) do assert(inputs[name], name) end
for name, names in pairs(inputs) do
	local all, of = {}, {}
	for input in names:gmatch("%a+") do
		all[#all + 1], of[#of + 1] = columns[input], series.new(columns[input])
	end
	local whole = {ta[name](unpack(all))}
	for k, x in ipairs{ta[name](unpack(of))} do same(whole[k], x, name) end
	for k, x in ipairs{ta[name](columns)} do same(whole[k], x, name) end
	local op = ta[name]()
	local pushed = {}
	for i = 1, rows do
		local row = {}
		for k, column in ipairs(all) do row[k] = column[i] end
		for k, v in ipairs{op:push(unpack(row))} do
			pushed[k] = pushed[k] or {}
			pushed[k][i] = v
		end
	end
	assert(#pushed == #whole, name)
	for k, t in ipairs(pushed) do same(whole[k], series.new(t), name) end
	if op:lookback() > 0 then
		local v = whole[1][op:lookback()]
		assert(v ~= v, name)
	end
	assert(tostring(op) == "operator of ta." .. name)
end

-- Parameters in order, or by name.
same(ta.sma(columns.close, 5), ta.sma(columns.close, {n = 5}), "sma")
same(ta.atr(columns, 5), ta.atr(columns.high, columns.low, columns.close, 5), "atr")
local op, by_name = ta.macd(5, 10, 3), ta.macd{fast = 5, slow = 10, signal = 3}
for i = 1, 30 do
	local a, b = op:push(i ^ 2), by_name:push(i ^ 2)
	assert(a == b or a ~= a and b ~= b)
end
assert(op:lookback() == 11)

-- The time axis goes with the results. Bars may call the volume qty.
local x = ta.sma(series.new({1, 2, 3}, {10, 20, 30}), 2)
assert(x:times()[3] == 30)
same(ta.obv{close = {1, 2, 1}, qty = {5, 6, 7}}, series.new{5, 11, 4}, "obv")
same(ta.vwap({close = {1, 2}, volume = {1, 3}}), series.new{1, 1.75}, "vwap")
same(ta.sma({}, 3), series.new{}, "empty")
same(ta.sma({1, 2}, 3), series.new{0 / 0, 0 / 0}, "short")
