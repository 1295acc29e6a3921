-- values of calls, varargs and assignments
local function f(...) return ... end
local function p(p) p = (f(p)) return p end
print(p(1))
local function q(...) local a = (...) local b, c = ... return a, b, c end
print(q(1, 2, 3)) print(q())
local function r(...) return select("#", ...), ... end
print(r()) print(r(nil)) print(r(nil, nil)) print((r(1, 2)))
print(f(1, 2), f(3, 4)) print((f(1, 2)), (f(3, 4)))
local t = { f(1, 2), f(3, 4) } print(#t, t[1], t[2], t[3])
t = { f(1, 2), (f(3, 4)) } print(#t)
t = { f(), f(), n = f(1, 2), f() } print(#t, t.n)
t = { [1] = "a", "b", [2] = "c" } print(t[1], t[2])
local i = 1
local a = { 10, 20, 30 }
i, a[i] = i + 1, "x" print(i, a[1], a[2])
local x, y, z = 1, 2, 3
x, y, z = z, x, y print(x, y, z)
x, y = y print(x, y)
x, y, z = f(7, 8) print(x, y, z)
x, y = 1, 2, print("evaluated") print(x, y)
a.b = {} a.b.c, a.b = 1, 2 print(a.b)
local s = { 1, 2 } local u = s
s, s[1] = nil, 5 print(s, u[1])
for k, v in next, { 5 } do print(k, v) end
for k in f(next, { 6 }) do print(k) end
local function iter(s, c) if c < s then return c + 1 end end
for n in iter, 3, 0 do print(n) end
for n, m in function(s, c) if not c then return 1 end end do print(n, m) end
local function g() return 1, 2, 3 end
local one, two = g(), 10 print(one, two)
print(#{ g() }, #{ g(), nil }, #{ (g()) })
print(f(g(), (g())))
local function tail(n, ...) if n == 0 then return ... end return tail(n - 1, n, ...) end
print(tail(5)) print(select("#", tail(200)))
print((function(...) return select("#", ...) end)(nil, nil, nil))
print(pcall(f, 1, nil, 3, nil))
print(select(-1, 1, 2, 3), select(2, "a", "b", "c"))
local big = {} for n = 1, 300 do big[n] = n end
print(select("#", unpack(big)), (select(300, unpack(big))))
print(#{ unpack(big) }, ({ unpack(big) })[299])
local v240 = f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) print(v240)
print(unpack({ 1, 2, 3 }, 2)) print(unpack({ 1, 2, 3 }, 2, 5)) print(unpack({}, 1, 2))
