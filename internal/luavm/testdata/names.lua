-- names of functions that the language itself calls
print(pcall(function() for k in next, nil do end end))
print(pcall(function() for k in next, {}, "none" do end end))
local function trace(f) print((select(2, xpcall(f, debug.traceback)):gsub("%[C%]: in function .xpcall.*", ""))) end
local t = setmetatable({}, {
  __index = function(t, k) error("in index") end,
  __newindex = function(t, k) error("in newindex") end,
  __add = function() error("in add") end,
  __concat = function() error("in concat") end,
  __lt = function() error("in lt") end,
  __eq = function() error("in eq") end,
  __unm = function() error("in unm") end,
  __call = function() error("in call") end,
})
trace(function() local x = t.a end)
trace(function() t.a = 1 end)
trace(function() return t + 1 end)
trace(function() return t .. "x" end)
trace(function() return t < setmetatable({}, getmetatable(t)) end)
trace(function() return t == setmetatable({}, getmetatable(t)) end)
trace(function() return -t end)
trace(function() t() end)
trace(function() local x = t:method() end)
trace(function() for x in function() error("in iterator") end do end end)
trace(function() local s = nil s() end)
local function f() error("in f") end
trace(function() f() end)
trace(function() return f() end)
trace(function() local t = { f } t[1]() end)
trace(function() rawget() end)
