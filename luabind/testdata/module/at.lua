db:put("S", 600000, 100, 0, ts.pack_value{price = 10000, qty = 1})
db:put("S", 600000, 100, 1, ts.pack_value{price = 20000, qty = 2, side = "B"})
db:put("S", 600000, 300, 0, ts.pack_value{price = 30000, qty = 3})
db:put("S", 1, 150, 0, ts.pack_value{price = 40000, qty = 4})

-- The last tick of each instrument at or before a time: one row each, in the order of the call.
local s = db:at(200, {"000001.SZ", {"S", 600000}, {market = "S", code = "000002"}})
assert(#s == 3 and table.concat(s:columns(), " ") == "market code symbol ts seq price qty side channel order_no tick_no")
assert(s[1].symbol == "000001.SZ" and s[1].code == "000001" and s[1].price == 4 and s[1].ts == 150)
assert(s[2].symbol == "600000.SH" and s[2].ts == 100 and s[2].seq == 1 and s[2].price == 2 and s[2].side == 1)
local none = s[3]
assert(none.symbol == "000002.SZ" and none.ts ~= none.ts and none.price ~= none.price and none.qty ~= none.qty)

-- within is how old a tick may be.
s = db:at(250, db:codes("S"), {within = 100})
assert(s[1].price == 4 and s[2].price ~= s[2].price)
assert(db:at(250, {"600000.SH"}, {within = "1s"})[1].price == 2)
assert(db:at(250, {600000}, {within = "1s"})[1].price == 2) -- six digits tell the market
assert(db:at("1970-01-01 08:00:01", {"600000.SH"})[1].price == 3)
assert(#db:at(1, {}) == 0)
