-- Writes the ticks of two days into a database: arg[2] is how many each instrument has on
-- each day, arg[3] the price of all.
local ts = require "micro_ts"
local db = ts.open(arg[1], {durability = "none"})
local us = ts.time("2023-11-14 09:30")
for day = 0, 1 do
	for code = 600000, 600003 do
		local rows = {}
		for i = 1, tonumber(arg[2]) do
			rows[i] = {us + day * 86400e6 + i * 1e3, ts.pack_value{price = tonumber(arg[3]), qty = i * 7919 % 100003, order_no = i * 104729 % 1299709}, 0}
		end
		db:put_many("S", code, rows)
	end
end
db:close()
