-- What LuaJIT 2.1.0-beta3 prints is in buffer.out.
local b = require "string.buffer"
local function show(...)
  local r = {...}
  for i = 1, select("#", ...) do r[i] = tostring(r[i]):gsub("0x%x+", "ADDRESS") end
  print(table.concat(r, "\t"))
end
local function t(f, ...) show(pcall(f, ...)) end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, v in ipairs{1, 1.5, -1, 2^31, 0, -0.0, "x", true, false} do print(v, hex(b.encode(v))) end
print(hex(b.encode(nil)), hex(b.encode({})), hex(b.encode({1, 2})), hex(b.encode({a = 1})), hex(b.encode({1, a = 2})), hex(b.encode({nil, 2})))
t(b.encode, print) t(b.encode, {print}) t(b.decode, "\20") t(b.decode, "") t(b.decode, "\6\1") t(b.decode, "\1\1")
local loop = {} loop[1] = loop t(b.encode, loop)
local names = {} for k in pairs(b) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " "))
local x = b.new()
print(x, #x, type(x), getmetatable(x)) print(x:put("a", 1, 2.5, "b"), #x, x .. "c", "c" .. x, x == x, x .. x)
t(x.put, x, {}) t(x.put, x, nil) t(x.put, x, true) t(x.put) t(x.put, 5)
print(x:put(setmetatable({}, {__tostring = function() return "T" end})))
print(x:get(2), x:get(0), x:get(1, 1)) print(x:get(), x:get(), #x)
print(x:putf("%d-%s", 5, "q"), x:skip(1)) print(x:skip(100), #x, x:set("hello")) print(x:put("!")) print(x:reset(), #x)
t(x.get, x, -1) t(x.skip, x, -1) t(x.get, x, "x") t(x.skip, x)
print(x:put("abc"):tostring(), x:free(), #x)
x:encode{1, "two"} print(#x, x:decode()[2], #x)
t(x.decode, x) t(x.nothing)
local o = {dict = {"foo", "bar"}, metatable = {{__index = {z = 9}}}}
local y = b.new(o) y:encode(setmetatable({foo = 1, bar = "foo"}, o.metatable[1])) print(hex(y:tostring()))
local d = y:decode() print(d.foo, d.bar, d.z)
t(b.new, "x") t(b.new, -1) t(b.new, 10, {dict = 5}) t(b.new, 10, 5) t(b.new, nil, o) t(b.new, {dict = {1}}) t(b.new, {dict = {"a", "a"}})
t(b.decode, 5) t(b.encode) t(x.encode, x) t(b.decode, "\9\2\33a\2\33a\2") t(b.decode) t(b.decode, {})
print(b.decode("\12\3\6\1\0\0\0\6\2\0\0\0")[2])
print(hex(b.encode(("x"):rep(200))):sub(1, 8), hex(b.encode(("x"):rep(250))):sub(1, 8), hex(b.encode(("x"):rep(10000))):sub(1, 12))
print(#b.decode(b.encode(("x"):rep(250))), #b.decode(b.encode(("x"):rep(10000))))
t(b.decode, "\9\1\0\2") t(b.decode, "\9\1\33a") t(b.decode, "\14\0\8") t(b.decode, "\15\0") t(b.decode, "\7\0\0\0\0\0\0\248\127") t(b.decode, "\9\1\7\0\0\0\0\0\0\248\127\2")
print(x:set("abc"):set("de")) t(x.set, x) t(x.set, x, 5) t(x.set, x, {}) t(x.putf, x) t(x.putf, x, "%d", "x")
print(x.len)
x:reset() t(x.put, x, x) x:put("xyzzzzz") print(x:put(b.new():put("zz"))) t(x.get, x, 2.7) print(x:get(nil)) print(x:put("xyz"):get(1, nil))
for _, v in ipairs{"a", 1.25, true, false, {1, 2, {3}}, {a = {b = "c"}, 1}, {[1.5] = 2, [true] = false}} do
  local w = b.decode(b.encode(v))
  if type(w) == "table" then print(w[1], w[1.5], w[true]) else print(w) end
end
