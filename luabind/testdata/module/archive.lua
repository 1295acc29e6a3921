-- A day that is over is sealed into an archive, which then reads as the database did.
local url = "file://" .. path:match("^(.*)/db$")
local day = ts.time("2023-11-14 09:30:00")
local next_day = ts.time("2023-11-15 09:30:00")
for i = 0, 99 do
	db:put("S", 600000, day + i, 0, ts.pack_value{price = 100000 + i, qty = i})
	db:put("F", "rb2405.SHFE", day + i, 1, "value " .. i)
	db:put("S", 600000, next_day + i, 0, "tomorrow")
end
local function rows(db)
	local all = {}
	for _, c in ipairs(db:codes()) do
		for us, value, seq in db:scan(c.market, c.code, 0, 2^52) do
			all[#all + 1] = c.market .. c.code .. us .. value .. seq
		end
	end
	return table.concat(all, "\n")
end
local whole = rows(db)

local sealed = db:seal{to = url, date = "2023-11-14"}
assert(#sealed == 2 and sealed[1].market == "F" and sealed[2].market == "S")
local s = sealed[2]
assert(s.date == "2023-11-14" and s.revision == 1 and s.outcome == "sealed")
assert(s.ticks == 100 and s.codes == 1 and s.parts == 1 and s.bytes > 0)
assert(db:seal{to = url, date = "2023-11-14"}[2].outcome == "unchanged")

-- The archive alone has the sealed day.
local archive = ts.open(url, {mode = "r"})
assert(tostring(archive) == "micro_ts handle (read-only: " .. url .. ")", tostring(archive))
assert(archive:count("S", 600000) == 100 and archive:get("F", "rb2405.SHFE", day, 1) == "value 0")
assert(select(2, archive:last("S", 600000)) == ts.pack_value{price = 100099, qty = 99})

-- Both as one have all days, the sealed one from the archive.
local both = ts.open(path, {archive = url, timeout = "10s", request_timeout = 5})
assert(rows(both) == whole)
db:delete("S", 600000, day)
assert(db:count("S", 600000) == 199 and both:count("S", 600000) == 200 and rows(both) == whole)
local snap = both:snapshot()
both:put("S", 600000, next_day, 0, "changed")
assert(rows(snap) == whole and both:get("S", 600000, next_day) == "changed")

-- What is sealed does not change through the handle of both.
for name, call in pairs{
	put = function() both:put("S", 600000, day, 0, "late") end,
	put_auto = function() both:put("S", 600000, day, "auto", "late") end,
	put_many = function() both:put_many("S", 600000, {{next_day, "fine"}, {day, "late"}}) end,
	delete = function() both:delete("S", 600000, day) end,
	delete_range = function() both:delete_range("S", 600000, 0, next_day) end,
} do
	local ok, message = pcall(call)
	assert(not ok and message:find("S/2023-11-14 is sealed (revision 1)", 1, true) and message:find("revise", 1, true), name .. ": " .. message)
end
assert(both:get("S", 600000, next_day) == "changed") -- nothing was written

-- A correction is a new revision; the old one can still be read.
db:put("S", 600000, day, 0, "corrected")
local ok, message = pcall(db.seal, db, {to = url, market = "S", date = "2023-11-14"})
assert(not ok and message:find("is sealed as revision 1", 1, true), message)
assert(db:seal{to = url, market = "S", date = "2023-11-14", revise = "merge"}[1].revision == 2)
assert(archive:get("S", 600000, day) ~= "corrected")
assert(ts.open(url):get("S", 600000, day) == "corrected")
assert(ts.open(url, {revision = 1}):get("S", 600000, day) ~= "corrected")
assert(#ts.open(url, {as_of = "2023-11-15"}):codes() == 0)
assert(both:seal{before = "2023-11-15"}[2].outcome == "unchanged") -- the archive of the handle

for _, handle in ipairs{archive, both, snap} do
	handle:close()
	assert(tostring(handle):find("closed"))
end
ok, message = pcall(archive.count, archive, "S", 600000)
assert(not ok and message:find('archive "' .. url .. '" is closed', 1, true), message)
ok, message = pcall(both.count, both, "S", 600000)
assert(not ok and message:find("is closed", 1, true), message)
