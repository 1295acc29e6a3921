-- Scans all ticks and prints the seconds. Arguments: database, number of ticks.
local ts = require "micro_ts"
local db = ts.open(arg[1])
local clock = require("socket").gettime -- os.clock counts the threads of RocksDB too
local n, t0 = 0, clock()
for us, value, seq in ts.scan(db, "S", 600000, 0, 2^53 - 1) do n = n + 1 end
local seconds = clock() - t0
assert(n == tonumber(arg[2]), n)
print(seconds)
ts.close(db)
