for _, us in ipairs{10, 20, 20, 40} do
	db:put("S", 1, us, "auto", ts.pack_value{price = 10000 * us, qty = 1})
end
for i, us in ipairs{5, 20, 20, 30, 60} do
	db:put("S", 2, us, "auto", ts.pack_value{price = 10000 * i, qty = 10 * i})
end
local trades = db:ticks("S", 1, nil, nil, {fields = "price"})
local quotes = db:ticks("S", 2, nil, nil, {fields = "price,qty"})
local function column(f, name)
	local t = {}
	for v in f:each(name) do
		t[#t + 1] = v ~= v and "-" or tostring(v)
	end
	return table.concat(t, " ")
end

-- The row that was the last at or before the time: of rows of one time, the last one.
local j = trades:asof(quotes)
assert(table.concat(j:columns(), " ") == "ts price ts_r price_r qty" and j:axis() == "ts")
assert(column(j, "price_r") == "1 3 3 4" and column(j, "qty") == "10 30 30 40" and column(j, "ts_r") == "5 20 20 30")
assert(column(trades:asof(quotes, {strict = true}), "price_r") == "1 1 1 4")
assert(column(trades:asof(quotes, {within = 5}), "price_r") == "1 3 3 -" and column(trades:asof(quotes, {within = 0}), "qty") == "- 30 30 -")
assert(column(trades:asof(quotes, {direction = "forward"}), "price_r") == "2 2 2 5")
assert(column(trades:asof(quotes, {direction = "nearest"}), "price_r") == "1 3 3 4")
assert(column(trades:asof(quotes, {suffix = "_quote"}), "price_quote") == "1 3 3 4")

-- Rows without a partner have missing values.
local none = trades:asof(quotes:head(0))
assert(column(none, "price_r") == "- - - -" and none[1].ts_r ~= none[1].ts_r)
assert(#trades:head(0):asof(quotes) == 0)

-- by joins rows whose keys are equal.
local two = quotes:with{code = {"a", "b", "a", "c", "a"}}
local keyed = trades:with{code = {"a", "b", "a", "x"}}
assert(column(keyed:asof(two, {by = "code"}), "price_r") == "1 2 3 -")

-- window aggregates the rows around the time, both ends included.
local w = trades:window(quotes, -10, 0, {n = "count", hi = {"max", "price"}, sum = {"sum", "qty"}, last = {"last", "qty"}})
assert(column(w, "n") == "1 2 2 1" and column(w, "hi") == "1 3 3 4" and column(w, "sum") == "10 50 50 40" and column(w, "last") == "10 30 30 40")
w = trades:window(quotes, 0, 1, {n = "count", lo = {"min", "price"}, mid = {"mean", "price + qty"}})
assert(column(w, "n") == "0 2 2 0" and column(w, "lo") == "- 2 2 -" and column(w, "mid") == "- 27.5 27.5 -")
w = trades:window(quotes, 0, 1, {n = "count", first = {"first", "price"}}, {prevailing = true})
assert(column(w, "n") == "1 3 3 1" and column(w, "first") == "1 1 1 4")
assert(column(keyed:window(two, "-1s", "1s", {n = "count", q = {"median", "price"}}, {by = "code"}), "n") == "3 1 3 0")

-- Times are text of durations too.
assert(column(trades:window(quotes, "-10us", "0s", {n = "count"}), "n") == "1 2 2 1")
