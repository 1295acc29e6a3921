local nan = 0 / 0

-- is compares a series with a table, NaN with NaN.
local function is(x, want)
	assert(#x == #want, tostring(x))
	for i, v in ipairs(want) do
		local got = x[i]
		assert(got == v or got ~= got and v ~= v or math.abs(got - v) < 1e-12, tostring(x) .. ", row " .. i)
	end
end

-- A series is made of numbers and has them.
local x = series.new{1, 2, 3, 4, nan, 6}
assert(require "series" == series and #x == 6 and x[1] == 1 and x[6] == 6)
assert(x[0] == nil and x[7] == nil and x[1.5] == nil and x[5] ~= x[5])
is(series.new(x), {1, 2, 3, 4, nan, 6})
is(series.new{}, {})
assert(type(x) == "userdata" and tostring(x) == "series of 6: 1 2 3 4 nan 6")
local long = {}
for i = 1, 20 do long[i] = i / 4 end
assert(tostring(series.new(long)) == "series of 20: 0.25 0.5 0.75 1 ... 4.25 4.5 4.75 5")
assert(table.concat(series.new{1, 2}:table(), " ") == "1 2")

-- Operators, with series and numbers at both sides.
is(x + x, {2, 4, 6, 8, nan, 12})
is(x - 1, {0, 1, 2, 3, nan, 5})
is(10 - x, {9, 8, 7, 6, nan, 4})
is(2 * x, {2, 4, 6, 8, nan, 12})
is(x / 2, {.5, 1, 1.5, 2, nan, 3})
is(12 / x, {12, 6, 4, 3, nan, 2})
is(x % 3, {1, 2, 0, 1, nan, 0})
is(-x % 3, {2, 1, 0, 2, nan, 0})
is(x ^ 2, {1, 4, 9, 16, nan, 36})
is(2 ^ x, {2, 4, 8, 16, nan, 64})
is(-x, {-1, -2, -3, -4, nan, -6})

-- Comparisons are masks. NaN is not above, below or equal to anything.
is(x > 3, {0, 0, 0, 1, 0, 1})
is(x >= 3, {0, 0, 1, 1, 0, 1})
is(3 > x, {1, 1, 0, 0, 0, 0})
is(x <= 3, {1, 1, 1, 0, 0, 0})
is(x < 7 - x, {1, 1, 1, 0, 0, 0})
is(x:eq(3), {0, 0, 1, 0, 0, 0})
is(x:ne(3), {1, 1, 0, 1, 1, 1})
is(x:isnan(), {0, 0, 0, 0, 1, 0})
is((x > 1) * (x < 4), {0, 1, 1, 0, 0, 0})
is(1 - (x > 1), {1, 0, 0, 0, 1, 0})
assert(not (x == series.new(x)) and x == x and (x > 0):any() and not (x > 0):all() and not (x > 6):any())

-- Rows before and after.
is(x:shift(), {nan, 1, 2, 3, 4, nan})
is(x:shift(-2), {3, 4, nan, 6, nan, nan})
is(x:shift(9), {nan, nan, nan, nan, nan, nan})
is(x:shift(-9), {nan, nan, nan, nan, nan, nan})
is(x:diff(), {nan, 1, 1, 1, nan, nan})
is(x:diff(2), {nan, nan, 2, 2, nan, 2})
is(x:diff(-1), {-1, -1, -1, nan, nan, nan})
is(x:diff(0), {0, 0, 0, 0, nan, 0})
is(x:pct(), {nan, 1, .5, 1 / 3, nan, nan})
is(x:cumsum(), {1, 3, 6, 10, nan, 16})
is((-x):cummax(), {-1, -1, -1, -1, nan, -1})
is((-x):cummin(), {-1, -2, -3, -4, nan, -6})

-- Value by value.
is(series.new{3, 1, 3, nan, 2}:rank(), {3.5, 1, 3.5, nan, 2})
is((-x):abs(), {1, 2, 3, 4, nan, 6})
is(x:exp():log(), {1, 2, 3, 4, nan, 6})
is(x:clip(2, 3), {2, 2, 3, 3, nan, 3})
is(x:clip(2), {2, 2, 3, 4, nan, 6})
is(x:clip(nil, 3), {1, 2, 3, 3, nan, 3})
is(x:where(x > 2), {nan, nan, 3, 4, nan, 6})
is(x:where(x > 2, 0), {0, 0, 3, 4, 0, 6})
is(x:where(x > 2, -x), {-1, -2, 3, 4, nan, 6})
is(x:fill(0), {1, 2, 3, 4, 0, 6})
is(x:fill("prev"), {1, 2, 3, 4, 4, 6})
is(series.new{nan, 1}:fill("prev"), {nan, 1})
is(x:slice(2, 3), {2, 3})
is(x:slice(-2), {nan, 6})
is(x:slice(3, 2), {})
is(x:slice(-99, 99), {1, 2, 3, 4, nan, 6})

-- One number. What is missing is left out.
local function near(got, want) assert(math.abs(got - want) < 1e-12, got) end
near(x:count(), 5)
near(x:sum(), 16)
near(x:mean(), 3.2)
near(x:std() ^ 2, 3.7)
near(x:var(0), 2.96)
near(x:min(), 1)
near(x:max(), 6)
near(x:median(), 3)
near(x:quantile(.25), 2)
near(x:quantile(.9), 5.2)
near(x:corr(2 * x + 1), 1)
near(x:cov(x), x:var())
near(series.new{1, 2, 4, 8}:skew(), 1.1376243669576889)
near(series.new{1, 2, 4, 8}:kurt(), 0.7576559546313799)
local d = x:describe()
assert(d.count == 5 and d.mean == 3.2 and d.min == 1 and d.q25 == 2 and d.median == 3 and d.q75 == 4 and d.max == 6)
local none = series.new{nan}
assert(none:sum() == 0 and none:count() == 0)
for _, name in ipairs{"mean", "std", "var", "min", "max", "median", "skew", "kurt"} do
	local v = none[name](none)
	assert(v ~= v, name)
end

-- Windows.
is(x:roll(2):mean(), {nan, 1.5, 2.5, 3.5, nan, nan})
is(x:roll(3, {min = 1}):sum(), {1, 3, 6, 9, 7, 10})
is(x:roll(3):max(), {nan, nan, 3, 4, nan, nan})
is(x:roll(2, {min = 1}):std(0), {0, .5, .5, .5, 0, 0})
is(x:roll(2):quantile(.5), {nan, 1.5, 2.5, 3.5, nan, nan})
is(x:roll(2):corr(-x), {nan, -1, -1, -1, nan, nan})
is(x:roll(99):mean(), {nan, nan, nan, nan, nan, nan})
is(x:ewm{span = 3}:mean(), {1, 5 / 3, 17 / 7, 49 / 15, 49 / 15, 723 / 141})
is(x:ewm{alpha = .5, adjust = false}:mean(), {1, 1.5, 2.25, 3.125, 3.125, 121 / 24})
assert(tostring(x:roll(20)) == "windows of 20 rows over a series of 6")

-- A time axis goes with the rows.
local t = series.new({1, 2, 3}, {1000000, 2000000, 5000000})
is(t:roll("2s"):sum(), {1, 3, 3})
is((t + 1):roll("1h"):max(), {2, 3, 4})
is(t:shift(1):slice(2):roll("3s", {min = 1}):sum(), {1, 2})
is((t > 1):times(), {1000000, 2000000, 5000000})
assert(x:times() == nil)
