-- Keeps a database open and puts a tick at each time, in µs, that it reads.
local db = require("micro_ts").open(arg[1])
io.stdout:setvbuf("no")
print("ready")
for line in io.lines() do
    db:put("S", 9, tonumber(line), 0, "x")
    db:flush()
    print("done")
end
