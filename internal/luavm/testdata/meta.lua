-- metamethods
local log = {}
local mt = {}
local function new(v) return setmetatable({ v = v }, mt) end
local function val(x) return type(x) == "table" and rawget(x, "v") or x end
for _, op in ipairs { "add", "sub", "mul", "div", "mod", "pow", "concat" } do
  mt["__" .. op] = function(a, b) return op .. "(" .. val(a) .. "," .. val(b) .. ")" end
end
mt.__unm = function(a, b) return "unm" .. val(a) .. tostring(rawequal(a, b)) end
mt.__len = function(a) return 42 end
mt.__eq = function(a, b) return a.v == b.v end
mt.__lt = function(a, b) return val(a) < val(b) end
mt.__le = function(a, b) return val(a) <= val(b) end
mt.__call = function(self, ...) return self.v, select("#", ...), ... end
mt.__index = function(t, k) return k .. "?" end
mt.__newindex = function(t, k, v) rawset(t, k, tostring(v) .. "!") end
mt.__tostring = function(t) return "<" .. t.v .. ">" end
local a, b = new(1), new(2)
print(a + b, a + 1, 1 + a, "x" + a) 
print(a - b, 5 - a, a * 2, 2 * a, a / 2, 2 / a, a % 2, 2 % a, a ^ 2, 2 ^ a, -a)
print(a .. b, a .. "s", "s" .. a, 1 .. a, a .. 1, "x" .. "y" .. a .. "z" .. 1, a .. "b" .. b)
print(#a, a == b, a == new(1), a ~= new(1), a < b, a <= b, a > b, a >= b, not (a < b))
print(a(), a(1, nil, 3)) print(a.foo, a[1], a.v)
a.new = 5 print(a.new, rawget(a, "new"), rawget(a, "none"))
print(tostring(a))
local le = setmetatable({}, { __lt = function(x, y) return true end })
local le2 = setmetatable({}, getmetatable(le))
print(le <= le2, le < le2, le >= le2)
if a == new(1) then print "eq" else print "ne" end
if a ~= new(2) then print "ne" else print "eq" end
while a < b do print "loop" break end
local base = { hello = function(self, x) return "hello " .. self.name .. (x or "") end }
local derived = setmetatable({ bye = function(self) return "bye " .. self.name end }, { __index = base })
local obj = setmetatable({ name = "obj" }, { __index = derived })
print(obj:hello(), obj:hello("!"), obj:bye(), obj.none)
for i = 1, 3 do obj.name = "n" .. i print(obj:hello()) end
base.hello = function() return "changed" end print(obj:hello())
obj.hello = function() return "own" end print(obj:hello())
obj.hello = nil print(obj:hello())
getmetatable(obj).__index = function(t, k) return function() return "f " .. k end end print(obj:hello(), obj.x())
local proxy = setmetatable({}, { __index = obj, __newindex = obj })
proxy.name = "via proxy" print(rawget(proxy, "name"), obj.name, proxy.name)
print(pcall(function() return a < 1 end)) print(pcall(function() return {} < {} end)) print(pcall(function() return {} .. "x" end))
print(getmetatable("x").__index == string, ("abc"):upper(), ("x"):rep(3), #"abc")
print(getmetatable(setmetatable({}, { __metatable = "locked" })))
print(pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {}))
local t = setmetatable({}, { __index = function(t, k) local v = k * 2 rawset(t, k, v) return v end })
print(t[1], t[2], rawget(t, 1), rawget(t, 3))
local calls = setmetatable({}, { __call = setmetatable({}, { __call = function(self, inner, x) return type(inner), x end }) })
print(pcall(calls, 5))
local count = 0
local w = setmetatable({}, { __newindex = function(t, k, v) count = count + 1 rawset(t, k, v) end })
for i = 1, 3 do w[i] = i w[i] = i end w.x = 1 w.x = 2 w.x = nil w.x = 3 print(count)
print(rawequal(a, a), rawequal(a, new(1)), next({}), type(next), next({ 5 }))
print(pcall(function() local loop = {} setmetatable(loop, { __index = loop }) return loop.x end))
