for i = 1, 6 do
	db:put("S", 1, i, 0, ts.pack_value{price = 10000 * i, qty = 10 * i, side = i <= 2 and "S" or i == 3 and "N" or "B"})
end
local f = db:ticks("S", 1, nil, nil, {fields = "price,qty,side"})

-- The groups have the order of their first rows, the columns that of the aggregates.
local g = f:group("side")
assert(#g == 3)
local a = g:agg{n = "count", qty = {"sum", "qty"}, hi = {"max", "price"}, lo = {"min", "price"}, first = {"first", "ts"},
	last = {"last", "ts"}, mean = {"mean", "price"}, std = {"std", "price"}, mid = {"median", "price"}, q = {"quantile(0.25)", "price"},
	value = {"sum", "price * qty"}}
assert(table.concat(a:columns(), " ") == "side n qty hi lo first last mean std mid q value")
assert(same(a[1], {side = -1, n = 2, qty = 30, hi = 2, lo = 1, first = 1, last = 2, mean = 1.5, std = math.sqrt(0.5), mid = 1.5, q = 1.25, value = 50}))
assert(a[2].side == 0 and a[2].n == 1 and a[2].std ~= a[2].std)
assert(a[3].side == 1 and a[3].qty == 150 and a[3].mean == 5 and a[3].mid == 5)

-- Several columns, and none.
assert(#f:group("side", "qty") == 6 and #f:group{"side", "price"} == 6)
assert(f:group():agg{qty = {"sum", "qty"}}[1].qty == 210)
assert(#f:head(0):group("side") == 0 and #f:head(0):group():agg{n = "count"} == 0)

-- frames iterates over the groups.
local seen = {}
for part, side in g:frames() do
	seen[#seen + 1] = side .. ":" .. #part .. ":" .. part[1].qty
end
assert(table.concat(seen, " ") == "-1:2:10 0:1:30 1:3:40")
