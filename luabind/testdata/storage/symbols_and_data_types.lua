-- Points of different symbols and data types are apart.
local symbols = {"SH000001", "SZ000001", "HK00001", "US.A", "rb2405", "rb2405.SHFE", "m2405-C-3000"}
for _, s in ipairs(symbols) do
	for dt = 0, 2 do
		assert(e:write_point(s, {timestamp = 1, value = dt}, dt))
	end
end
for _, s in ipairs(symbols) do
	for dt = 0, 2 do
		local ok, r = e:read_range(s, nil, nil, dt)
		assert(#r == 1 and r[1].value == dt, s)
	end
end
local ok, r = e:read_range("SZ000002")
assert(ok and #r == 0)
