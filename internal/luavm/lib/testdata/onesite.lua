-- One instruction meets objects of several kinds, one after the other: what it remembers
-- of one must not change what it does with the next.
local function class(name)
  local c = {}
  c.__index = c
  function c.name() return name end
  return c
end
local a, b = class "a", class "b"
local own = { name = function() return "own" end }
local chained = setmetatable({}, { __index = setmetatable({}, a) })
local computed = setmetatable({}, { __index = function(_, k) return function() return "computed " .. k end end })
string.name = function(s) return "string " .. s end
local objects = {
  setmetatable({}, a), setmetatable({}, b), own, "text", chained, computed,
  setmetatable({ name = function() return "its own" end }, a), "text", setmetatable({}, a),
}
local function nameOf(o) return o:name() end
for round = 1, 3 do
  for i = 1, #objects do io.write(nameOf(objects[i]), " ") end
  print()
end
print(pcall(nameOf, 5))
print(pcall(nameOf, {}))
string.name = nil
print(pcall(nameOf, "text"))
a.name = nil
print(pcall(nameOf, objects[1]))
a.name = function() return "new" end
print(nameOf(objects[1]), nameOf(objects[9]))

-- Integer keys in array, in nodes, and in neither.
local sparse = { 1, 2, 3, [1000] = "k", [-1] = "minus", [2 ^ 40] = "far", [1.5] = "half" }
local guarded = setmetatable({ [1000] = "raw" }, { __index = function(_, k) return "meta " .. tostring(k) end })
local function at(t, i) return t[i] end
for _, i in ipairs { 1, 3, 4, 0, -1, 1000, 1001, 2 ^ 40, 1.5, 2.5 } do
  print(i, at(sparse, i), at(guarded, i))
end
sparse[1000] = nil
print(at(sparse, 1000), at(guarded, 0 / 0))

-- Equality of strings that were made in different ways.
local function same(x, y) return x == y, x ~= y, x == "key1", x ~= "key1" end
local made = "key" .. 1
local t = { [made] = true }
print(same("key1", made))
print(same(made, "key" .. 2))
print(same(made .. "", ("key1"):sub(1, 4)))
print(same(1, "1"))
print(same(nil, "key1"))

-- Results of calls, of which there are too few or too many.
local function none() end
local function three() return 1, 2, 3 end
local x, y = none()
print(x, y, (three()), select("#", none()), select("#", three()))
table.sort({ 3, 1, 2 }, function(p, q) return p < q end)
print(pcall(table.sort, { 3, 1, 2 }, function(p, q) error("in order") end))
print(pcall(string.gsub, "abc", "%w", function(c) return none(c) end))

-- Values that pass between coroutines.
local co = coroutine.wrap(function(...)
  print("start", ...)
  local p, q = coroutine.yield()
  print("got", p, q)
  print("got", coroutine.yield(1, 2, 3))
  local r = coroutine.yield(nil, 4)
  return "end", r
end)
print(co(1, 2))
print((co(3)))
local u, v = co(5, 6)
print(u, v)
print(co(7))
for i, j in coroutine.wrap(function() for k = 1, 3 do coroutine.yield(k) end end) do print(i, j) end
print(math.max(1, 2), math.min("3", 2), math.max(2, 0 / 0) ~= math.max(2, 0 / 0), pcall(math.max))
