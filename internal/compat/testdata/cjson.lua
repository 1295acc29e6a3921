local cjson = require "cjson"
assert(cjson.encode(cjson.empty_array) == "[]" and cjson.encode(setmetatable({}, cjson.array_mt)) == "[]")
assert(cjson.encode(setmetatable({}, cjson.empty_array_mt)) == "[]")
local c = cjson.new()
c.encode_empty_table_as_object(false)
c.encode_escape_forward_slash(false)
assert(c.encode({}) == "[]" and c.encode("a/b") == '"a/b"' and cjson.encode({}) == "{}")
c.decode_array_with_array_mt(true)
assert(c.encode(c.decode("[]")) == "[]")
assert(not pcall(cjson.encode_max_depth, 0))
assert(require "cjson.safe".decode("x") == nil)

-- Integers have all their digits, whatever the precision is.
assert(cjson.encode{1700000000123456, 2^53, -2^53, 1e15, 2^62} == "[1700000000123456,9007199254740992,-9007199254740992,1000000000000000,4611686018427387904]")
assert(cjson.encode(2^63) == "9.2233720368548e+18" and cjson.encode(-0.0) == "-0")
local precise = cjson.new()
precise.encode_number_precision(3)
assert(precise.encode{1234567, 1234567.5} == "[1234567,1.23e+06]")
assert(precise.encode_number_precision() == 3 and cjson.encode_number_precision() == 14)

-- Other numbers are those of C's %.14g, and are read as tonumber reads them.
for i = 1, 2000 do
	local s = ("%d.%0" .. math.random(1, 18) .. "d"):format(math.random(-1000, 1000), math.random(0, 1e9))
	if i % 3 == 0 then s = s .. "e" .. math.random(-330, 320) end
	if i % 5 == 0 then s = s:gsub("%.", "") end
	s = s:gsub("^(%-?)0+(%d)", "%1%2")
	local f = tonumber(s)
	assert(cjson.decode(s) == f and cjson.decode("[" .. s .. "]")[1] == f, s)
	if f ~= math.floor(f) then assert(cjson.encode(f) == ("%.14g"):format(f), s) end
end
assert(1 / cjson.decode("-0") == -math.huge and cjson.decode("1e999") == math.huge)
for _, s in ipairs{"-", "1.", "1.e5", "1e", "1e+", "01", "0x1p4", "1a", "1.5.5", "--1", "1-"} do
	local strict = cjson.new()
	strict.decode_invalid_numbers(false)
	if s ~= "1." and s ~= "1.e5" then assert(not pcall(strict.decode, s), s) end
end

-- Objects with the same keys are tables of their own.
local same = cjson.decode('[{"a":1,"b":2},{"a":3,"b":4},{"a":5,"b":6},{"b":7,"a":8},{"a":9},{"a":1,"a":2,"b":3},{"a":1,"a":2,"b":3},{"a":1,"a":2,"b":3}]')
local sums = {}
for i, t in ipairs(same) do
	sums[i] = t.a * 10 + (t.b or 0)
	t.a, t.c = nil, i
end
assert(table.concat(sums, " ") == "12 34 56 87 90 23 23 23", table.concat(sums, " "))
assert(same[1].c == 1 and same[2].c == 2 and same[1].a == nil and cjson.decode('{"a":1,"b":2}').a == 1)
local order = {}
for k in pairs(cjson.decode('{"z":1,"y":2,"x":3}')) do order[#order + 1] = k end
assert(table.concat(order) == "zyx")
local many = {}
for i = 1, 1000 do many["key" .. i] = i end
for _ = 1, 3 do
	local back = cjson.decode(cjson.encode(many))
	for i = 1, 1000 do assert(back["key" .. i] == i) end
end
local long = ("k"):rep(100)
assert(cjson.decode('{"' .. long .. '":"' .. long .. '","":0,"\\u0041":1}')[long] == long)
assert(cjson.decode('{"":0}')[""] == 0 and cjson.decode('{"\\u0041b":1}').Ab == 1)

-- All instances have the same null.
assert(cjson.null == require "cjson.safe".null and cjson.new().null == cjson.null and cjson.decode("[null]")[1] == cjson.null)
assert(select("#", cjson.decode("null")) == 1 and cjson.encode(nil) == "null" and cjson.encode{[3] = 1} == "[null,null,1]")
