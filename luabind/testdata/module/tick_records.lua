-- unpack_value returns what pack_value was given.
local v = ts.pack_value{price = 105000, qty = 300, channel = 6, side = "S", order_no = 12, tick_no = "18446744073709551615"}
assert(#v == 50)
local t = ts.unpack_value(v)
assert(t.price == 105000 and t.qty == 300 and t.channel == 6 and t.side == "S" and t.order_no == 12)
assert(t.tick_no == "18446744073709551615")
assert(ts.pack_value(ts.unpack_value(v)) == v)

-- A missing field is 0, a missing side "N".
t = ts.unpack_value(ts.pack_value{price = -1, order_no = 2^53})
assert(t.price == -1 and t.side == "N" and t.order_no == 2^53 and t.qty == 0)
assert(ts.unpack_value(ts.pack_value{side = 0}).side == "B")
