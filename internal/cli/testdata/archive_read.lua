-- Prints how many ticks an archive has, and the least and the greatest price.
local ts = require "micro_ts"
local db = ts.open(arg[1], {mode = "r", cache = arg[2] ~= "" and arg[2] or nil, timeout = arg[3]})
local n, low, high = 0, math.huge, 0
for _, c in ipairs(db:codes()) do
	for _, value in db:scan(c.market, c.code, 0, 2^53 - 1) do
		local price = ts.unpack_value(value).price
		n, low, high = n + 1, math.min(low, price), math.max(high, price)
	end
end
print(n, low, high)
