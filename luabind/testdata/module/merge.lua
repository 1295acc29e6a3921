for i = 1, 300 do
	db:put("S", 600000, i * 2, 0, ts.pack_value{price = 10000, qty = i})
	db:put("S", 1, i * 3, 0, ts.pack_value{price = 20000, qty = i})
	db:put("S", 1, i * 3, 1, ts.pack_value{price = 30000, qty = i})
end
-- Ticks of one µs come in the order of the instruments in the call, then of their seqs.
local names, all, last = {"000001.SZ", {"S", 600000}, {"S", 7}}, {}, -1
for i, us, value, seq in ts.merge(db, names) do
	assert(us >= last)
	last = us
	all[#all + 1] = i .. "@" .. us .. "#" .. seq
	assert(ts.unpack_value(value).price == (i == 2 and 10000 or seq == 0 and 20000 or 30000))
end
assert(#all == 900 and table.concat(all, " ", 1, 6) == "2@2#0 1@3#0 1@3#1 2@4#0 1@6#0 1@6#1" and all[7] == "2@6#0")

-- With fields it gives numbers.
local n, qty = 0, 0
for i, us, price, q in db:merge(names, 6, 12, {fields = "price,qty"}) do
	n, qty = n + 1, qty + q
	assert(price == (i == 2 and 1 or price) and us >= 6 and us <= 12)
end
assert(n == 10 and qty == 2 * (2 + 3 + 4) + (3 + 4 + 5 + 6), n .. " " .. qty)

-- Nothing to merge.
for _ in ts.merge(db, {}) do error("a tick of nothing") end
for _ in ts.merge(db, {"000007.SZ"}, nil, nil, {fields = "price"}) do error("a tick of nothing") end

-- A value that is no record is an error, unless it is skipped.
db:put("S", 7, 5, 0, "other")
assert(not pcall(function() for _ in ts.merge(db, names, nil, nil, {fields = "qty"}) do end end))
n = 0
for _ in ts.merge(db, names, nil, nil, {fields = "qty", skip = true}) do n = n + 1 end
assert(n == 900)
