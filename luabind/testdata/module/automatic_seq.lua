-- With the seq "auto" each tick gets the next free seq of its time, which put returns.
assert(db:put("S", 1, 1000, "auto", "a") == 0)
assert(db:put("S", 1, 1000, "auto", "b") == 1)
assert(ts.put(db, "S", 1, 2000, "auto", "c") == 0)
assert(select("#", db:put("S", 1, 1000, 7, "d")) == 0, "put of a number returns nothing")
assert(db:put("S", 1, 1000, "auto", "e") == 8)
assert(db:put("S", "rb2405.SHFE", 1000, "auto", "f") == 0 and db:put("S", "rb2405.SHFE", 1000, "auto", "g") == 1)

-- So do the rows of put_many that say so, or all if the option says so.
local n, overwritten = db:put_many("S", 1, {{1000, "h", "auto"}, {3000, "i", "auto"}, {ts_us = 1000, value = "j", seq = "auto"}})
assert(n == 3 and overwritten == 0)
assert(db:get("S", 1, 1000, 9) == "h" and db:get("S", 1, 1000, 10) == "j" and db:get("S", 1, 3000, 0) == "i")
assert(db:put_many("S", 1, {{3000, "k"}, {3000, "l", "auto"}}, {seq = "auto"}) == 2)
assert(db:get("S", 1, 3000, 1) == "k" and db:get("S", 1, 3000, 2) == "l")
assert(db:put_many("S", 1, ts.pack_row(3000, 0, "m") .. ts.pack_row(3000, 0, "n"), {seq = "auto"}) == 2)
assert(db:get("S", 1, 3000, 0) == "i" and db:get("S", 1, 3000, 3) == "m" and db:get("S", 1, 3000, 4) == "n")

-- They go on after a reopen.
local count = db:count("S", 1)
db:close()
db = ts.open(path)
assert(db:count("S", 1) == count)
assert(db:put("S", 1, 1000, "auto", "o") == 11 and db:put("S", "rb2405.SHFE", 1000, "auto", "p") == 2)

-- If no seq of a time is left, the error says so.
db:put("S", 2, 5, 65535, "last")
assert(db:put("S", 2, 5, "auto", "first") == 0)
db:put_many("S", 3, (function()
	local rows = {}
	for i = 0, 65535 do
		rows[i + 1] = {5, "v", "auto"}
	end
	return rows
end)())
local ok, message = pcall(db.put, db, "S", 3, 5, "auto", "v")
assert(not ok and message:find("all 65536 seqs of S:000003 at 1970-01-01 08:00:00.000005 (5 µs) are taken", 1, true), message)
