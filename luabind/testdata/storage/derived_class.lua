-- A script can derive a class.
local Mine = setmetatable({}, {__index = SE})
Mine.__index = Mine
function Mine:twice(symbol, p)
	assert(self:write_point(symbol, p))
	p.timestamp = p.timestamp + 1
	return self:write_point(symbol, p)
end
e:shutdown()
local m = Mine:new({data_dir = path})
assert(m:init())
assert(m:twice("SH600519", {timestamp = 1, value = 1}))
assert(#select(2, m:read_range("SH600519")) == 2)
assert(m.config.data_dir == path)
