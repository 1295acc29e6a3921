-- ts.frame makes a frame of rows, of an iterator of rows, and of columns.
local function kinds(f)
    local all = {}
    for row in f:describe():rows() do all[#all + 1] = row.column .. ":" .. row.kind .. ":" .. row.count end
    return table.concat(all, " ")
end

local f = ts.frame{
    {ts = 10, price = 1.5, code = "a", hit = true},
    {ts = 20, code = "b", n = 3},
    {ts = 30, price = 2, code = "a", hit = false, n = 4},
}
assert(kinds(f) == "ts:time:3 price:float:2 code:text:3 hit:mask:2 n:integer:2", kinds(f))
assert(f:axis() == "ts" and #f == 3)
assert(f[2].price ~= f[2].price and f[2].hit == nil and f[1].n ~= f[1].n and f[3].n == 4 and f[3].hit == false)
assert(f.code[2] == "b" and f:group("code"):agg{n = {"sum", "n"}}[1].n == 4)
-- All keys of a row may be missing in some rows, in any order.
local g = ts.frame{{}, {b = "x", a = 1}, {a = 2, b = "y"}, {}}
assert(#g == 4 and g[2].a == 1 and g[3].b == "y" and g[1].b == nil and kinds(g):find("a:integer:2", 1, true))

-- An iterator: that of a frame's rows, and one of Lua's own.
local same = ts.frame(f:rows())
assert(tostring(same) == tostring(f) or same[1].price == 1.5 and same:axis() == "ts" and #same == 3)
local i = 0
local counted = ts.frame(function() i = i + 1 if i <= 1000 then return {stop = i, value = i / 2} end end)
assert(#counted == 1000 and counted:axis() == "stop" and counted.value:sum() == 250250)
local thread = coroutine.wrap(function() coroutine.yield{a = 1} coroutine.yield{a = 2} end)
assert(ts.frame(thread).a:sum() == 3)

-- Columns: series, arrays, and values that all rows get.
local c = ts.frame{ts = {1, 2, 3}, x = series.new{1, 2, 3}, k = {1, 2, 2}, name = "n", yes = true, half = 0.5}
assert(#c == 3 and c:axis() == "ts" and c[3].name == "n" and c[1].yes == true and c.half:sum() == 1.5)
assert(c:asof(ts.frame{ts = {0, 2}, k = {1, 2}, v = {7, 8}}, {by = "k"})[2].v == 8)
assert(#ts.frame{a = 1, b = "x"} == 1)

-- Nothing, a time that is none, whole numbers that are too large.
local none = ts.frame{}
assert(#none == 0 and #none:columns() == 0)
assert(#ts.frame(function() end) == 0)
assert(#ts.frame{a = {}, b = {}} == 0)
assert(ts.frame{{ts = 0.5}}:axis() == nil)
assert(ts.frame{ts = {1, 0/0}}:axis() == nil)
assert(kinds(ts.frame{{a = 2^53 + 2}}) == "a:float:1" and kinds(ts.frame{{a = 2^53}, {a = -2^53}}) == "a:integer:2")
assert(ts.frame{{a = 0/0}, {a = 1/0}}.a[2] == 1/0)

-- Another column as the axis.
local stamped = ts.frame{{timestamp = 5, value = 1}, {timestamp = 9, value = 2}}
assert(stamped:axis() == nil and stamped:axis("timestamp"):axis() == "timestamp")
assert(stamped:axis("timestamp"):asof(stamped:axis("timestamp"), {strict = true})[2].value_r == 1)

-- Points of a storage engine, of any data type.
local engine = require "storage_engine_v2":new{data_dir = path .. "-points", time_unit = "us"}
assert(engine:init())
assert(engine:write_points("SH600519", {{timestamp = 1e15, value = 10.5, volume = 3}, {timestamp = 1e15 + 1, value = 10.25, quality = 1}}, 7))
local ok, points = engine:read_range("SH600519", nil, nil, 7)
local p = ts.frame(points):axis "timestamp"
assert(ok and #p == 2 and p[1].value == 10.5 and p[2].volume ~= p[2].volume)
assert(#p:with{price = p.value, qty = p.volume}:bars("1s") == 1)
-- Those that are ticks, but no tick records, are an error that says so.
assert(engine:write_points("SH600519", {{timestamp = 1e15, value = 10.5}}))
engine:shutdown()
local other = ts.open(path .. "-points")
for _, read in ipairs{
    function() return other:ticks("S", 600519) end,
    function() return other:at(1e15, {"600519.SH"}) end,
    function() return other:scan("S", 600519, nil, nil, {fields = "price"})() end,
} do
    local ok, message = pcall(read)
    assert(not ok and message:find("a point of a storage engine, not a tick record: its read_range returns points, of which ts.frame makes a frame", 1, true), message)
end
other:close()
