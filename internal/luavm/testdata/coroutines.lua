-- coroutines
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
for v in gen(3) do io.write(v, " ") end print()
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b) print("got", c)
  local d, e = coroutine.yield(c * 2) print("got", d, e)
  return "end", 99
end)
print(coroutine.status(co)) print(coroutine.resume(co, 1, 2)) print(coroutine.status(co))
print(coroutine.resume(co, 10)) print(coroutine.resume(co, "x", "y")) print(coroutine.status(co))
print(coroutine.resume(co))
co = coroutine.create(function() error("oops") end) print(coroutine.resume(co)) print(coroutine.status(co), coroutine.resume(co))
co = coroutine.create(function() error({ 1 }) end) print(type(select(2, coroutine.resume(co))))
-- yields across everything
co = coroutine.wrap(function() print(pcall(function() print(coroutine.yield(1)) error("after") end)) return "done" end)
print(co()) print(co("back"))
co = coroutine.wrap(function() return xpcall(function() coroutine.yield(1) error("e") end, function(m) return "h " .. m end) end)
print(co()) print(co())
local mt = {}
for _, e in ipairs { "add", "sub", "mul", "div", "mod", "pow", "concat", "unm", "lt", "le", "eq", "index", "call" } do
  mt["__" .. e] = function(a, b) return coroutine.yield(e) end
end
mt.__newindex = function(t, k, v) coroutine.yield("newindex") rawset(t, k, v) end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
co = coroutine.wrap(function()
  local r = { a + b, a - 1, 2 * a, a / b, a % b, a ^ 2, a .. "x", "x" .. a, -a, a < b, a <= b, a > b, a == b, a ~= b, a.field, a[1], a(5) }
  a.z = 1
  print(unpack(r)) print(rawget(a, "z"))
  if a < b then print "less" else print "not less" end
  if a == b then print "equal" else print "not equal" end
  print("x" .. "y" .. a .. "z")
  for k in function(s, c) return coroutine.yield("iterator") end do print("k", k) end
  for k, v in coroutine.yield, "s", "c" do print(k, v) break end
  return "end"
end)
local v = co() local n = 0
while v ~= "end" do n = n + 1 io.write(tostring(v), " ") if v == "iterator" and n > 24 then v = co(nil) elseif v == "concat" then v = co("c") else v = co(n % 3 ~= 0 and n) end end print(n)
print(pcall(coroutine.yield)) print(coroutine.resume(coroutine.running() or coroutine.create(print), "in"))
co = coroutine.create(function() return coroutine.resume(co) end) print(coroutine.resume(co))
co = coroutine.create(function() local inner = coroutine.create(function() return coroutine.status(co) end) return coroutine.resume(inner) end) print(coroutine.resume(co))
local w = coroutine.wrap(function() error("in wrap") end) print(pcall(w)) print(pcall(w))
w = coroutine.wrap(function() error({}) end) print(type(select(2, pcall(w))))
co = coroutine.wrap(function(...) local args = { ... } while true do args = { coroutine.yield(select("#", unpack(args)), unpack(args)) } end end)
print(co()) print(co(1)) print(co(1, 2, 3)) print(co(unpack({ 1, 2, 3, 4, 5 })))
local function tree(t) if t then tree(t[1]) coroutine.yield(t[2]) tree(t[3]) end end
for x in coroutine.wrap(function() tree { { nil, 1, { nil, 2 } }, 3, { nil, 4 } } end) do io.write(x, " ") end print()
local up = 0
co = coroutine.create(function() local l = 1 local f = function() l = l + 1 up = up + l return l end coroutine.yield(f) l = l + 10 coroutine.yield(f()) return f end)
local _, f = coroutine.resume(co) print(f(), f()) print(coroutine.resume(co)) print(f(), up)
local function rec(n) if n == 0 then coroutine.yield("bottom") return 0 end return 1 + rec(n - 1) end
co = coroutine.wrap(function() return rec(1000) end) print(co()) print(co())
co = coroutine.wrap(function() return coroutine.yield(1), (coroutine.yield(2, 3)) end) print(co()) print(co("a", "b")) print(co("c", "d"))
co = coroutine.wrap(function() return pcall(pcall, coroutine.yield, "deep") end) print(co()) print(co("r1", "r2"))
print(select("#", coroutine.resume(coroutine.create(function() end))))
local chain = function(n) local function make(i) return coroutine.wrap(function() if i == 0 then coroutine.yield("leaf") else local inner = make(i - 1) while true do local v = inner() if not v then return end coroutine.yield(v) end end end) end return make(n) end
print(chain(50)())
