local function f(...) return ... end
local t = { f("a"), [1] = "k" } print(t[1])
t = { f("a"), [1] = f("k") } print(t[1])
t = { [1] = f("k"), f("a") } print(t[1])
t = { [1] = f("k"), "a" } print(t[1])
t = { [f(1)] = "k", "a", "b" } print(t[1], t[2])
t = { x = f, x = 1 } print(t.x == f)
t = { x = 1, x = f } print(t.x == f)
t = { x = 1, x = 2, y = nil, x = nil } print(t.x)
t = { [2] = "two", f(1, 2, 3) } print(#t, t[1], t[2], t[3])
t = { [f(3)] = "three", 1, 2, f(7, 8, 9) } print(#t, t[3], t[5])
t = { [1] = 1, [2] = 2, [3] = f(3) } print(#t, t[3])

-- The constants of a constructor stand before all else; -0 is none of them.
do
  local f = function() return "call" end
  print(({n = f(), n = 1}).n, ({n = 1, n = f()}).n, 1 / ({n = f(), n = -0}).n, ({n = f(), n = 0}).n)
end
