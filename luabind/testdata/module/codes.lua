-- codes lists the instruments that have ticks, of all markets or of one.
db:put("S", 600000, 1, 0, "")
db:put("S", 1, 1, 0, "")
db:put("H", "700", 1, 0, "")
db:put("U", "AAPL", 1, 0, "")
local t = {}
for _, c in ipairs(db:codes()) do
	t[#t + 1] = c.market .. c.code
end
assert(table.concat(t, " ") == "H00700 S000001 S600000 UAAPL", table.concat(t, " "))
-- A code is a text wherever it leaves the database; beside it stand the full symbol and the number.
local one, hk, us = db:codes("S")[1], db:codes("H")[1], db:codes("U")[1]
assert(one.code == "000001" and one.symbol == "000001.SZ" and one.number == 1)
assert(hk.code == "00700" and hk.symbol == "00700.HK" and hk.number == 700)
assert(us.code == "AAPL" and us.symbol == "AAPL.US" and us.number == nil)

-- A code is read with or without its exchange.
for _, code in ipairs{600000, "600000", "SH600000", "600000.SH", "sh600000", "600000.XSHG"} do
	assert(db:count("S", code) == 1, code)
end
assert(db:count("S", "000001.SZ") == 1 and db:count("S", "000001.SH") == 0)
assert(db:count("H", "00700.HK") == 1 and db:count("H", 700) == 1 and db:count("U", "AAPL.US") == 1)
db:put("S", "SH600001", 1, 0, "put with its exchange")
assert(db:get("S", 600001, 1) == "put with its exchange")
db:delete("S", 600001, 1)
assert(#db:codes("S") == 2 and #ts.codes(db, "Z") == 0)
