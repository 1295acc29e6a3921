-- Writes points of 20 symbols through a storage engine, 1000 a call, and reads them in
-- ranges of 1000. Prints the points written and read a second.
-- Arguments: module, folder, kind of point, number of points.
local SE = require(arg[1])
local dir, kind, points = arg[2], arg[3], tonumber(arg[4])
local engine = SE:new(dir, {})
assert(engine:init())
local symbols = {}
for i = 1, 20 do symbols[i] = ("SH%06d"):format(600000 + i) end
local make = {
    quality = function(i) return {value = 100 + i % 200 / 100, quality = 100} end,
    tick = function(i)
        return {value = 100 + i % 200 / 100, volume = 200 + i % 300, channel = 1, side = "B", order_no = i, tick_no = i}
    end,
}
local batch = {}
for i = 1, 1000 do batch[i] = make[kind](i) end
local rounds = points / 1000 / #symbols
local seconds = 0
for round = 0, rounds - 1 do
    for i, p in ipairs(batch) do p.timestamp = 1700000000 + round + i / 1000 end
    for _, symbol in ipairs(symbols) do
        local t0 = os.clock()
        assert(engine:write_points(symbol, batch, 0))
        seconds = seconds + os.clock() - t0
    end
end
local t0 = os.clock()
assert(engine:shutdown())
local written = points / (seconds + os.clock() - t0)
assert(engine:init())
seconds = 0
local n = 0
for round = 0, rounds - 1 do
    for _, symbol in ipairs(symbols) do
        local t0 = os.clock()
        local ok, r = engine:read_range(symbol, 1700000000 + round + 0.001, 1700000000 + round + 1, 0)
        seconds = seconds + os.clock() - t0
        n = n + #r
    end
end
assert(n == points, n)
print(written, points / seconds)
engine:shutdown()
