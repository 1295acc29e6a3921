-- Lists the instruments of a database, with the ticks in the first second of each.
--   microts examples/explore.lua data/tick
local ts = require "micro_ts"
local db = ts.open(arg[1] or "data/tick", { mode = "r" })

for _, c in ipairs(db:codes()) do
    local from = db:first(c.market, c.code)
    local to = db:last(c.market, c.code)
    print(c.market, c.code, db:count(c.market, c.code) .. " ticks", from .. " to " .. to .. " µs")

    local n, bytes = 0, 0
    for us, value in db:scan(c.market, c.code, from, from + 1000000) do
        n, bytes = n + 1, bytes + #value
    end
    print("", "", n .. " ticks in the first second", bytes .. " bytes")
end

local stats = db:stats()
print(("%.1f MB on disk"):format(stats.disk_bytes / 1e6))
db:close()
