for i = 1, 6 do
	db:put("S", 1, i * 10, 0, ts.pack_value{price = 10000 * ((i * 4) % 7), qty = i})
end
local f = db:ticks("S", 1, nil, nil, {fields = "price,qty"})
local function prices(f)
	local t = {}
	for price in f:each("price") do
		t[#t + 1] = tostring(price)
	end
	return table.concat(t, " ")
end
assert(prices(f) == "4 1 5 2 6 3")

-- head and tail.
assert(prices(f:head(2)) == "4 1" and prices(f:tail(2)) == "6 3" and #f:head(0) == 0 and #f:head(99) == 6 and #f:tail(99) == 6)
assert(f:tail(2)[1].ts == 50)

-- select chooses columns, and with adds some: a series, an array, or a value for all rows.
assert(table.concat(f:select("qty", "ts"):columns(), " ") == "qty ts")
local g = f:with{code = "000001", twice = {2, 4, 6, 8, 10, 12}, big = {false, false, true, false, true, false}, one = 1, price = {1, 2, 3, 4, 5, 6}}
assert(table.concat(g:columns(), " ") == "ts price qty code twice big one")
assert(same(g[3], {ts = 30, price = 3, qty = 3, code = "000001", twice = 6, big = true, one = 1}))

-- where takes a mask, or values of columns.
assert(prices(f:where(g.big)) == "5 6" and prices(f:where(f.qty)) == prices(f))
assert(#g:where{code = "000001"} == 6 and #g:where{code = "600000"} == 0 and #g:where{code = {"x", "000001"}, big = true} == 2 and #g:where{qty = 2} == 1)

-- sort keeps the order of equal values, and the axis.
assert(prices(f:sort("price")) == "1 2 3 4 5 6" and prices(f:sort("price", {descending = true})) == "6 5 4 3 2 1")
local s = g:sort("big")
assert(prices(s) == "1 2 4 6 3 5" and s:axis() == "ts")

-- concat puts rows behind each other. Integers and floats go together.
assert(prices(f:concat(f:head(1), f:tail(1))) == "4 1 5 2 6 3 4 3")
assert(#f:concat(f:with{qty = {0.5, 1, 1, 1, 1, 1}}) == 12)
assert(#f:head(0):concat(f) == 6)

-- A frame never changes: what others were made of it is as before.
assert(prices(f) == "4 1 5 2 6 3" and #f:columns() == 3)

-- describe.
local d = f:describe()
assert(table.concat(d:columns(), " ") == "column kind count mean std min q25 median q75 max" and #d == 3)
assert(d[2].column == "price" and d[2].count == 6 and d[2].mean == 3.5 and d[2].min == 1 and d[2].median == 3.5 and d[2].max == 6)
assert(d[1].kind == "time" and d[1].mean ~= d[1].mean)
assert(#db:ticks("S", 2):describe() == 8)
