-- Frames without rows, windows longer than they are, NaN and infinity: results, not errors.
for i = 1, 3 do db:put("S", 1, i * 1000000, 0, ts.pack_value{price = i * 10000, qty = i}) end
local f, e = db:ticks("S", 1), db:ticks("S", 2)
local inf, nan = 1/0, 0/0

-- 0 rows.
assert(#e == 0 and #e:sort("price") == 0 and #e:where(e.price > 1) == 0 and #e:where{qty = 1} == 0 and #e:head(5) == 0)
assert(#e:group("qty") == 0 and #e:group() == 0 and #e:group("qty"):agg{n = "count", s = {"sum", "price"}} == 0)
assert(#e:asof(f) == 0 and #e:window(f, -1, 1, {n = "count", m = {"max", "price"}}) == 0 and #e:bars("5m") == 0)
local j = f:asof(e)
assert(#j == 3 and j[1].price_r ~= j[1].price_r and j[1].ts_r ~= j[1].ts_r)
local w = f:window(e, -1, 1, {n = "count", m = {"max", "price"}, s = {"sum", "qty"}, q = {"median", "price"}, d = {"std", "price"}})
assert(w[1].n == 0 and w[1].s == 0 and w[1].m ~= w[1].m and w[1].q ~= w[1].q and w[1].d ~= w[1].d)
assert(#f:concat(e) == 3 and #e:concat(f) == 3 and #e:with{a = 1, b = "x", c = {}} == 0)
assert(e:describe()[1].count == 0 and e.price:sum() == 0 and e.price:mean() ~= e.price:mean())
assert(#e.price:roll(3):mean() == 0 and #e.price:roll("3s"):mean() == 0 and #e.price:rank() == 0 and #ta.rsi(e.price) == 0)
assert(#db:at(5e6, {}) == 0 and db:at(5e6, {"000009.SZ"})[1].price ~= 0)
assert(ts.merge(db, {})() == nil and ts.merge(db, {"000009.SZ"})() == nil)
assert(#db:ticks("S", 1, 5, 4) == 0 and #db:bars("S", 1, 5, 4, "1s") == 0 and db:count("S", 1, 5, 4) == 0)
assert(db:scan("S", 1, 5, 4, {fields = "price"})() == nil)

-- Windows that are longer than the series, or than all of time.
assert(f.price:roll(1000000):mean():count() == 0 and ta.sma(f.price, 100000):count() == 0 and f.price:shift(1000):count() == 0)
assert(f.price:roll("100000d"):sum()[3] == 6)
local all = f:window(f, -2^52, 2^52, {n = "count", m = {"max", "price"}})
assert(all[1].n == 3 and all[3].m == 3)
assert(f:asof(f, {within = 2^52, strict = true})[1].price_r ~= 1 and f:asof(f, {within = 0})[3].price_r == 3)

-- NaN and infinity.
local x = f:with{z = {nan, inf, -inf}}
assert(x:sort("z").z[1] == -inf and x:sort("z").z[3] ~= x:sort("z").z[3] and x:sort("z", {descending = true}).z[1] == inf)
assert(#x:group("z") == 3 and #x:where{z = inf} == 1 and #x:where{z = nan} == 0 and #x:where{z = {inf, -inf, nan}} == 2)
local a = x:group():agg{s = {"sum", "z"}, m = {"max", "z"}, l = {"min", "z"}, n = {"count", "z"}, q = {"median", "z"}}[1]
assert(a.s ~= a.s and a.m == inf and a.l == -inf and a.n == 2)
local wz = x:window(x, 0, 0, {s = {"sum", "z"}, d = {"std", "z"}, q = {"median", "z"}, n = {"count", "z"}})
assert(wz[1].s == 0 and wz[1].n == 0 and wz[2].s == inf and wz[2].d ~= wz[2].d and wz[3].q == -inf)
assert(x:describe()[#x:columns()].max == inf)
for _, how in ipairs{"mean", "std", "median", "min", "max", "rank", "skew", "kurt", "zscore", "sum"} do
    local r = x.z:roll(2, {min = 1})
    assert(#r[how](r) == 3, how)
end
local bars = f:with{price = nan}:bars("1s")
assert(bars[1].open ~= bars[1].open and bars[1].count == 0)
assert(f:with{price = inf}:bars("1s")[1].high == inf)

-- Joins go by µs, whatever zones the times are shown in.
local here, there = f:bars("1s"), f:bars("1s", {zone = "UTC"})
assert(here:asof(there)[3].close_r == 3 and here:window(there, 0, 0, {n = "count"})[1].n == 1)
