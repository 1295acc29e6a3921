-- Checks what engine_writer.lua wrote up to a round: prints how many points are
-- missing, and whether the round is noted.
local module, path, last = ...
last = tonumber(last)
local engine = require(module):new(path)
assert(engine:init())
local found = 0
for data_type = 0, 2 do
    local ok, points = engine:read_range("SH600519", 1, last + 0.5, data_type)
    for _, p in ipairs(points) do
        local i = math.floor(p.timestamp)
        assert(i % 3 == data_type and p.value == (i == p.timestamp and i or -i))
    end
    found = found + #points
end
local ok, noted = engine:get("last", "meta")
print(found - 2 * last, tonumber(noted) >= last)
