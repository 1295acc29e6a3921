-- codes lists the instruments that have ticks, of all markets or of one.
db:put("S", 600000, 1, 0, "")
db:put("S", 1, 1, 0, "")
db:put("H", "700", 1, 0, "")
db:put("U", "AAPL", 1, 0, "")
local t = {}
for _, c in ipairs(db:codes()) do
	t[#t + 1] = c.market .. c.code
end
assert(table.concat(t, " ") == "H700 S1 S600000 UAAPL", table.concat(t, " "))
assert(#db:codes("S") == 2 and #ts.codes(db, "Z") == 0)
