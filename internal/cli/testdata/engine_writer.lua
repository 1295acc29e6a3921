-- Writes through a storage engine until it is killed, and prints the number of each
-- round when all of it is put.
local module, path = ...
local engine = require(module):new(path)
assert(engine:init())
assert(engine:create_column_family("meta"))
io.stdout:setvbuf("no")
for i = 1, 1e9 do
    local points = {{timestamp = i, value = i}, {timestamp = i + 0.5, value = -i}}
    assert(engine:write_points("SH600519", points, i % 3))
    assert(engine:put("last", i, "meta"))
    print(i)
end
