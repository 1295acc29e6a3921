-- What read and lines make of their formats. The standard input is this file.
local function file(text)
  local f = assert(io.open("f", "wb"))
  f:write(text)
  f:close()
  return assert(io.open("f", "rb"))
end

local function show(...)
  local t = {n = select("#", ...), ...}
  for i = 1, t.n do
    local v = t[i]
    t[i] = type(v) == "string" and string.format("%q", v) or tostring(v)
  end
  print(table.concat(t, " ", 1, t.n))
end

local function try(f, ...) show(pcall(f, ...)) end

print "-- lines"
show(file("a\nb\n\nlast"):read("*l", "*L", "l", "L", "*l"))
show(file("a\r\nb"):read("*l", "*l"))
show(file(""):read())
show(file(""):read("*l"))
show(file("\n"):read("*l", "*l"))
show(file("x\n"):read())
show(file("one two"):read("*line"))
show(file("one two"):read("label"))
show(file("x\n"):read("*Line"))
for _, n in ipairs{1, 8, 24, 40, 41, 255, 256, 257, 4095, 4096, 4097, 8191, 16383, 16384, 16385, 70000, 300000} do
  local f = file(("x"):rep(n) .. "\n" .. ("y"):rep(n) .. "\nz")
  local x, y = f:read("*l", "*L")
  print(n, #x, #y, x == ("x"):rep(n), y == ("y"):rep(n) .. "\n", f:read("*a"))
end

print "-- all"
show(file("a\nb"):read("*a", "*a", "*a"))
show(file(""):read("*a"))
show(file(""):read("a", "l"))
show(file("a\0b"):read("*a"))
print(#file(("x"):rep(1e6)):read("*a"))

print "-- bytes"
show(file("hello"):read(2, 2, 2, 2))
show(file("hello"):read(0, 5, 0, 1))
show(file("hello"):read(2.9, 1))
show(file("hello"):read(1e6))
show(file("a\0b\0c"):read(2, 2, 2))
show(file(""):read(0))
show(file(""):read(1))
show(file("x"):read(0))
print(#file(("x"):rep(1e5)):read(70000))

print "-- numbers"
for _, text in ipairs{
  "12", "-12.5e1x", "  \n\t0x1F 7", "0x.8p1", ".5", "5.", "1e", "1e+", "0x", "x", "", "  ", "-", "1.2.3", "1,2", "inf", "nan1",
  "-infinity", "infx", "1e400", "-0", "+7", "--7", "0x1p-2", "1_000", "12abc", "1e5e5", "00012", "900719925474",
} do
  show(text, file(text):read("*n", "*a"))
end
show(file("1 2 3 x"):read("n", "*number", "*n", "*n"))
show(file("1,2,3\nrest\n"):read("*n", 1, "*n", 1, "*n", "*l", "*l"))

print "-- bad formats"
local f = file("line\n")
try(function() local x = f:read("x") end)
try(function() local x = f:read("") end)
try(function() local x = f:read("*") end)
try(function() local x = f:read("**l") end)
try(function() local x = f:read({}) end)
try(function() local x = f:read(true) end)
try(function() local x = f:read(nil) end)
try(function() local x = f:read(io.stdin) end)
try(function() local x = f:read("*l", "*l", {}) end)
try(function() local x = f.read(f, "x") end)
try(f.read, f, "x")
try(function() local x = f.read() end)
try(function() local x = f.read("x") end)
try(function() local x = f.read(nil) end)
try(function() local x = io.read("x") end)
try(function() local x = io.read({}) end)
try(io.read, "x")
do local r = io.read try(function() local x = r("x") end) end

print "-- lines()"
for a, b in file("1 2\n3 4\n"):lines("*n", "*l") do show(a, b) end
for a in file("a\nb\n"):lines() do show(a) end
for a in file("a\nb"):lines("*L") do show(a) end
for a, b in file("abcde"):lines(2, 1) do show(a, b) end
file("a\nb\n")
for a in io.lines("f") do show(a) end
for a in io.lines("f", "L") do show(a) end
local it = io.lines("f")
show(it())
show(it())
show(it())
try(function() local x = it() end)
try(it)
it = io.lines("f", "*l")
show(it(1, 2))
show(it())
show(it())
show(it())
it = file("1 x"):lines("*n")
show(it())
show(it())
show(it())
try(function() for a in io.lines("f", "x") do end end)
try(function() for a in io.lines("f", {}) do end end)
try(function() for a in io.lines("f", "*l", "*x") do end end)
try(function() local x = io.lines("f", "*l", "*x")() end)
try(function() local x = io.lines("none") end)
try(function() local x = io.lines({}) end)
try(function() local x = io.lines("f", unpack({}, 1, 60)) end)
print(select("#", io.lines("f", unpack({}, 1, 59))), select("#", io.lines("f")))
do
  local f = file("a\nb\n")
  local it = f:lines()
  show(it())
  f:close()
  try(function() local x = it() end)
end
do -- the rest is left
  local f = file("a\nb\nc\n")
  for a in f:lines() do show(a) if a == "b" then break end end
  show(f:read("*a"))
  show(io.type(f))
end

print "-- io.read"
show(io.read())
show(io.read("*L"))
show(io.read(5, "*l"))
for l in io.lines() do show(l) break end
for l in io.lines(nil, "*L") do show(l) break end
for l in io.stdin:lines() do show(l) break end
io.input(file("7 8"))
show(io.read("*n", "*n", "*n"))
io.input("f")
show(io.read("*a"))
io.input():close()
try(function() local x = io.read() end)
try(function() local x = io.lines() for l in x do end end)
io.input(io.stdin)
show(io.read("*l"))
