-- A code of more than 9 characters, or of other than ASCII, is an instrument as any other.
local all = {"m2405-C-3000", "rb2405.SHFE", "沪铜2405", "0000rb2405.SHFE", ("x"):rep(64)}
for i, code in ipairs(all) do
	assert(db:get("X", code, 1) == nil and db:count("X", code) == 0 and db:first("X", code) == nil)
	assert(db:delete_range("X", code, 0, 10) == 0)
	db:delete("X", code, 1)
end
assert(#db:codes() == 0, "a read writes nothing")
for i, code in ipairs(all) do
	db:put("X", code, i, 0, "v" .. i)
	assert(db:put_many("X", code, {{i, "w" .. i, 1}, {100, "z"}}) == 2)
end
db:put("X", "rb2405", 1, 0, "short")
db:put("Y", "rb2405.SHFE", 7, 0, "other market")

local function check(db)
	for i, code in ipairs(all) do
		assert(db:get("X", code, i) == "v" .. i and db:get("X", code, i, 1) == "w" .. i)
		assert(db:count("X", code) == 3 and db:first("X", code) == i and db:last("X", code) == 100)
		local n = 0
		for us, value, seq in db:scan("X", code, 0, 99) do
			assert(us == i and value == (seq == 0 and "v" or "w") .. i)
			n = n + 1
		end
		assert(n == 2)
	end
	assert(db:get("X", "rb2405", 1) == "short" and db:get("Y", "rb2405.SHFE", 7) == "other market")
	-- codes lists them under their names, after the short ones of their market.
	local codes = {}
	for _, c in ipairs(db:codes("X")) do
		codes[#codes + 1] = c.code
	end
	assert(table.concat(codes, " ") == "rb2405 0000rb2405.SHFE m2405-C-3000 rb2405.SHFE " .. ("x"):rep(64) .. " 沪铜2405", table.concat(codes, " "))
	assert(#db:codes() == 7 and db:codes("Y")[1].code == "rb2405.SHFE")
end
check(db)
check(db:snapshot())
db:close()
db = ts.open(path)
check(db)
check(ts.open(path, {mode = "r"}))

-- A handle that has asked for a code before another handle wrote it finds it then.
local other = ts.open(path)
assert(db:get("X", "ag2412.SHFE", 1) == nil)
other:put("X", "ag2412.SHFE", 1, 0, "v")
assert(db:get("X", "ag2412.SHFE", 1) == "v")

-- A wrong argument leaves no name behind.
assert(not pcall(db.put, db, "X", "au2412.SHFE", -1, 0, "v"))
db:put("X", "au2412.SHFE", 1, 0, "v")
assert(db:delete_range("X", "au2412.SHFE", 0, 1) == 1 and db:get("X", "au2412.SHFE", 1) == nil)

-- The storage engine has the same instruments under their symbols.
local e = require "storage_engine_v2":new(path, {})
assert(e:init())
assert(e:write_points("hc2405.SHFE", {{timestamp = 1700000000, value = 1}}))
assert(db:count("X", "hc2405.SHFE") == 1)
local ok, message = e:read_point("hc2405.SHFE", 1700000001)
assert(not ok and message:find("no point of hc2405.SHFE at 1700000001", 1, true), message)
ok, message = e:get_latest_point("hc2410.SHFE")
assert(not ok and message:find("no point of hc2410.SHFE", 1, true), message)
