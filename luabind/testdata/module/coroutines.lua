-- A coroutine can use the database and can yield within a scan.
local co = coroutine.wrap(function()
	for us in db:scan("S", 1, 0, 100) do
		coroutine.yield(us)
	end
end)
db:put("S", 1, 7, 0, "v")
assert(co() == 7)

local ok, message = pcall(coroutine.wrap(function() db:put("S", 1, -1, 0, "v") end))
assert(not ok and message:find("bad argument"), message)
