-- and, or, not in every position
local function f(v) return v end
local t = { no = false, yes = 1 }
local x = "old"
x = f(nil) and 1 print(x)
x = "old" x = t.no and 1 print(x)
x = "old" x = not x and 1 print(x)
x = "old" x = t.none or f(false) print(x)
x = "old" x = x and f(x) or 2 print(x)
x = 1 local y = x and x + 1 or x print(y)
y = y and x print(y)
x = t.yes and t.no or "else" print(x)
x = (t.yes and t.no) or (t.no and t.yes) print(x)
x = not (t.yes and t.no) print(x)
x = 1 < 2 and 2 < 1 print(x)
x = 1 < 2 and "a" or "b" print(x)
x = 1 > 2 and "a" or "b" print(x)
x = nil == false print(x)
print((false or true) == true, (nil and 1) == nil, not nil == true)
local n = 0
while (false or true) == true do n = n + 1 if n == 3 then break end end
print(n)
repeat n = n - 1 until n < 0 or n == 1
print(n)
print(f(1) and f(nil), f(nil) and f(1), f(1) or f(2), f(false) or f(nil))
if f(1) and not f(nil) or f(2) then print "yes" else print "no" end
if not (f(1) and f(2)) then print "no" elseif f(nil) or f(3) then print "elseif" end
local a, b, c = 1 == 1, 1 ~= 1, "a" < "b"
print(a, b, c, not a, not not a)
print(1 and nil, false and nil, nil or false, 0 and "zero", "" and "empty")
local nan = 0 / 0
print(nan < 1, nan >= 1, not (nan < 1), not (nan >= 1), nan == nan, nan ~= nan)
if nan < 1 then print "less" else print "not less" end
if not (nan < 1) then print "not less" else print "less" end
while not (nan > 0) do print "once" break end
x = x == nil and "nil" or x ~= nil and (x == 1 and "one" or "other") print(x)
print(true and (false or (nil or 5)) and 6 or 7)
