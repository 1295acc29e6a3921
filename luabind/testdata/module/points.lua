-- storage_engine_v2 reads the tick records that micro_ts wrote, and the other way
-- round.
local e = require "storage_engine_v2":new(path, {})
assert(e:init())
local tick = {price = 105000, qty = 300, channel = 1, side = "B", order_no = 7, tick_no = 8}
db:put("S", 600519, 1700000000000100, 2, ts.pack_value(tick))
local ok, p = e:read_point("SH600519", 1700000000.0001)
assert(ok and same({timestamp = 1700000000.0001, value = 10.5, seq = 2, volume = 300, qty = 300, channel = 1, side = "B", order_no = 7, tick_no = 8}, p))
p.timestamp = 1700000001
assert(e:write_point("SH600519", p))
assert(same(tick, ts.unpack_value(db:get("S", 600519, 1700000001000000, 2))))

-- unpack_value also reads a point that is no tick record.
assert(e:write_point("SH600519", {timestamp = 2, value = 10.5, qty = 5}))
local v = ts.unpack_value(db:get("S", 600519, 2000000))
assert(v.price == 105000 and v.value == 10.5 and v.volume == 5 and v.qty == 5 and v.timestamp == nil)
