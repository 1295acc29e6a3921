-- goto, break, blocks
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto next end
    io.write(i, ":", j, " ")
    ::next::
  end
end print()
local i = 1
::top:: io.write(i, " ") i = i + 1 if i <= 3 then goto top end print()
do goto done local x = 1 ::done:: end
for i = 1, 10 do if i == 4 then break end io.write(i, " ") end print()
while true do if i > 5 then break end i = i + 1 end print(i)
repeat local done = i > 8 i = i + 1 until done print(i)
local function find(t, v) for k, x in ipairs(t) do if x == v then return k end end return nil end
print(find({ "a", "b" }, "b"), find({}, 1))
do local a = 1 do local a = 2 print(a) end print(a) end
local a = 1 local a = a + 1 print(a)
local function f() do return 1 end end print(f())
local n = 0
for a = 1, 2 do for b = 1, 2 do for c = 1, 2 do if c == 2 then goto skip end n = n + 1 ::skip:: end end end print(n)
