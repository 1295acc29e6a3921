-- Reads tick records with the strategy toolkit. Prints the CPU seconds of bars of 1 s, then
-- the seconds of a frame of three columns, and of a loop over it.
-- Arguments: database, number of ticks.
local ts = require "micro_ts"
local clock = require("socket").gettime
local db, ticks = ts.open(arg[1]), tonumber(arg[2])

local t0 = os.clock() -- of all threads: what one core would take
local bars = db:bars("S", 600000, nil, nil, "1s", {session = false})
local made = os.clock() - t0
assert(bars.count:sum() == ticks)

t0 = clock()
local f = db:ticks("S", 600000, nil, nil, {fields = "price,qty,side"})
local read = clock() - t0
assert(#f == ticks)

t0 = clock()
for price, qty, side in f:each("price", "qty", "side") do end
print(made, read, clock() - t0)
db:close()
