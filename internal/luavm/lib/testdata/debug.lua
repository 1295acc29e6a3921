local function show(t)
  local k = {}
  for x, y in pairs(t) do
    if type(y) ~= "function" then k[#k + 1] = x .. "=" .. tostring(y) end
  end
  table.sort(k)
  print(table.concat(k, " "))
end
print(pcall(debug.getinfo))
print(pcall(debug.getinfo, 1, "x"))
print(pcall(debug.getinfo, "x"))
print(debug.getinfo(100))
show(debug.getinfo(1))
show(debug.getinfo(string.rep))
local function f(a, b, ...)
  local c = 1
  show(debug.getinfo(1))
  show(debug.getinfo(2, "Sl"))
  return c
end
f()
show(debug.getinfo(f))
show(debug.getinfo(f, "L").activelines)
show(debug.getinfo(string.rep, "nSlu"))
print(debug.getinfo(1, "f").func ~= nil)

local co = coroutine.create(function(x)
  local y = 2
  coroutine.yield()
end)
print(debug.traceback(co))
coroutine.resume(co, 1)
show(debug.getinfo(co, 1))
show(debug.getinfo(co, 0, "Sln"))
print(debug.traceback(co))
print(debug.traceback(co, "m"))
print(debug.traceback(co, "m", 1))
print(debug.getlocal(co, 1, 1))
print(debug.getlocal(co, 1, 2))
print(debug.getlocal(co, 1, 3))
print(debug.setlocal(co, 1, 2, 7), debug.getlocal(co, 1, 2))
print(type(debug.traceback({})), debug.traceback(nil))

local function g(a, b, ...)
  local c = 3
  print(debug.getlocal(1, 1))
  print(debug.getlocal(1, 2))
  print(debug.getlocal(1, 3))
  print(debug.getlocal(1, -1))
  print(debug.getlocal(1, -2))
  print(debug.getlocal(1, -3))
  print(debug.setlocal(1, 3, 9))
  print(c)
  for i = 1, 1 do
    print(debug.getlocal(1, 4))
    print(debug.getlocal(1, 7))
  end
end
g(1, 2, "v", "w")
print(debug.getlocal(g, 1))
print(debug.getlocal(g, 3))
print(pcall(debug.getlocal, 50, 1))
print(pcall(debug.getlocal))
print(pcall(debug.getlocal, "x", 1))
print(pcall(debug.setlocal, 1, 1))

local u, v = 1, 2
local function h() return u + v end
print(debug.getupvalue(h, 1))
print(debug.getupvalue(h, 2))
print(debug.getupvalue(h, 3))
print(debug.setupvalue(h, 1, 10), u)
print(debug.setupvalue(h, 5, 10))
print(pcall(debug.getupvalue))
print(pcall(debug.getupvalue, 1))
print(pcall(debug.getupvalue, h))
print(pcall(debug.setupvalue, h, 1))
local function h2() return u end
print(type(debug.upvalueid(h, 1)), debug.upvalueid(h, 1) == debug.upvalueid(h2, 1), debug.upvalueid(h, 2) == debug.upvalueid(h2, 1))
print(pcall(debug.upvalueid, h, 9))
debug.upvaluejoin(h2, 1, h, 2)
print(h2())
print(pcall(debug.upvaluejoin, h2, 5, h, 2))

print(debug.getmetatable("").__index == string)
print(debug.setmetatable(5, {__index = function(n, k) return k end}))
print((5).foo)
debug.setmetatable(5, nil)
print(pcall(debug.setmetatable, 5, 5))
print(pcall(debug.setmetatable, 5))
print(debug.gethook())
print(debug.sethook())
print(type(debug.getregistry()))
print(debug.getfenv(print) == _G)
print(debug.setfenv(h, {}) == h)
print(pcall(debug.setfenv, 1, {}))
print(pcall(debug.getmetatable))
print(debug.getfenv(5))
local registry = debug.getregistry()
registry.mine = 1
print(debug.getregistry() == registry, debug.getregistry().mine, type(registry._LOADED))
