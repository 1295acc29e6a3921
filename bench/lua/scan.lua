-- Scans all ticks and prints the seconds. Arguments: database, number of ticks.
local ts = require "micro_ts"
local db = ts.open(arg[1])
local n, t0 = 0, os.clock()
for us, value, seq in ts.scan(db, "S", 600000, 0, 2^53 - 1) do n = n + 1 end
local seconds = os.clock() - t0
assert(n == tonumber(arg[2]), n)
print(seconds)
ts.close(db)
