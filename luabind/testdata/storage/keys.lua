-- put, get, delete and scan_prefix work on keys of the script's own.
assert(e:put("k1", "v1") and e:put("k2", 2))
local ok, v = e:get("k2")
assert(ok and v == "2")
local ok, v = e:get("none")
assert(ok and v == nil)

-- A column family is a key space of its own.
assert(e:create_column_family("meta"))
local ok, msg = e:create_column_family("meta")
assert(not ok and msg:find("exists already"), msg)
assert(e:put("k1", "m1", "meta"))
assert(select(2, e:get("k1", "meta")) == "m1" and select(2, e:get("k1")) == "v1")

-- write_batch takes entries by name and by place.
local ok, n = e:write_batch{
	{key = "b1", value = "x"},
	{op = "delete", key = "k1"},
	{"put", "b2", "y", "meta"},
	{"delete", "k1", nil, "meta"},
}
assert(ok and n == 4, n)
local ok, r = e:scan_prefix("")
assert(#r == 2 and r[1].key == "b1" and r[1].value == "x" and r[2].key == "k2")
local ok, r = e:scan_prefix("b", 1, "meta")
assert(#r == 1 and r[1].value == "y")

local ok, names = e:get_column_families()
assert(ok and table.concat(names, ",") == "default,meta")
assert(e:drop_column_family("meta"))
local ok, msg = e:get("k1", "meta")
assert(not ok and msg:find('"meta": no such column family'), msg)
assert(e:delete("k2"))
