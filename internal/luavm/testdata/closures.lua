-- closures share variables, whatever happens in between
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end
end
local inc, get = counter()
inc() inc() print(get())
local function afterError()
  local n = 0
  local function add() n = n + 1 end
  add()
  pcall(function() n = n + 10 error("x") end)
  add()
  n = n + 100
  add()
  return n
end
print(afterError())
local fs = {}
for i = 1, 5 do
  local j = i * 10
  if i == 2 then goto continue end
  fs[#fs + 1] = function() j = j + 1 return i, j end
  if i == 4 then goto continue end
  j = j + 5
  ::continue::
end
for _, f in ipairs(fs) do print(f()) print(f()) end
fs = {}
local k = 0
while k < 3 do k = k + 1 local v = k fs[k] = { function() v = v + 1 return v end, function() return v end } end
fs[1][1]() print(fs[1][2](), fs[2][2](), fs[3][2]())
k = 0
repeat local v = k fs[k + 1] = function() return v end k = k + 1 until v >= 2
print(fs[1](), fs[2](), fs[3]())
for key, v in pairs({ a = 1 }) do fs.f = function() v = v + 1 return key, v end end
print(fs.f()) print(fs.f())
local function nested(a)
  return function(b) return function(c) a = a + 1 b = b + 1 return a + b + c, a, b end end
end
local g = nested(1)(2)
print(g(3)) print(g(3))
do
  local x = 1
  local function set(v) x = v end
  local function get() return x end
  set(5) print(get(), x) x = 6 print(get())
end
local function loop()
  local list = {}
  for i = 1, 3 do
    local x
    list[i] = function(v) if v then x = v end return x end
    if i == 2 then break end
  end
  list[1]("a") list[2]("b")
  return list[1](), list[2]()
end
print(loop())
local function back()
  local list, n = {}, 0
  ::top::
  local v = n
  list[#list + 1] = function() return v end
  n = n + 1
  if n < 3 then goto top end
  return list[1](), list[2](), list[3]()
end
print(back())
local function params(a, ...)
  local f = function() a = a + 1 return a end
  f() return a, f(), a, ...
end
print(params(1, "x", "y"))
local co = coroutine.wrap(function() local n = 0 local function f() n = n + 1 coroutine.yield(n) end f() f() return n, f end)
print(co(), co(), (co()))
local function recursive(n) local function r(m) if m == 0 then return n end n = n + 1 return r(m - 1) end return r(n) end
print(recursive(10))
