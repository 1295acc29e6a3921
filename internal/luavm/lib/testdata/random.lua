-- Random calls of string.format, find, gsub and gmatch. The arguments are a seed and how
-- many patterns to try.
local seed = tonumber(arg and arg[1]) or 1
local rounds = tonumber(arg and arg[2]) or 400

local function rnd(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end
local function pick(s)
  local i = rnd(#s) + 1
  return s:sub(i, i)
end
local function shown(s)
  return (tostring(s):gsub("[^%w%p ]", function(c) return ("\\%d"):format(c:byte()) end))
end

local numbers = {
  0, -0.0, 1, -1, 0.5, 1.5, 2.5, 0.125, 1 / 3, -2 / 3, 1e15, 1e16, 123456789, 0.1, 1e-5, 1e-4, 9.995, 1e22, 1e23,
  1e100, -1e300, 5e-324, 1 / 0, -1 / 0, 0 / 0, 2 ^ 53, 2 ^ 63, -2 ^ 63, 2 ^ 64, 255, 65.7, 99999.5, 999999.5, 0.045,
  1.005, 1e21, 12345678.5, 2.2250738585072014e-308,
}
local function number()
  local k = rnd(4)
  if k == 0 then return numbers[rnd(#numbers) + 1] end
  if k == 1 then return (rnd(2000001) - 1000000) / 2 ^ rnd(12) end
  if k == 2 then return (rnd(2000001) - 1000000) / 10 ^ rnd(8) end
  return (rnd(2 ^ 31) - 2 ^ 30) * 2 ^ (rnd(200) - 100)
end

for i = 1, rounds / 2 do
  local f = "%"
  for _ = 1, rnd(3) do f = f .. pick("-+ #0") end
  if rnd(2) == 0 then f = f .. rnd(30) end
  if rnd(2) == 0 then f = f .. "." .. rnd(25) end
  f = f .. pick("diuxXoeEfgGaAcs")
  local n = number()
  local inFull = n % 1 == 0 and math.abs(n) >= 1e14 and math.abs(n) < 2 ^ 63 -- by the engine, not by LuaJIT
  if inFull and f:find("s", 1, true) then n = 1.5 end
  local ok, r = pcall(string.format, f .. "|", n)
  print(f, ("%.17g"):format(n), ok, shown(r))
end

local items = {
  "a", "b", "ab", ".", "%a", "%d", "%w", "%s", "[ab]", "[^a]", "[a-c%d]", "%%", "%.", "(a)", "(%w*)", "()", "(.-)",
  "%b()", "%f[%w]", "%1", "^", "$", "[", "]", "%", "(", ")", "-", "*", "+", "?", "\0", "%z", "[]]", "[^]]", "[%]]",
  "[a-]", "%W", "%A", "%S", "\195\169", "%x", "%p", "%c", "%g", "[%w_]+", "(%d+)", "%s*",
}
local suffixes = {"", "", "", "*", "+", "-", "?"}
local replacements = {"<%0>", "%1", "x", "%%"}
local function all(...)
  local r = {pcall(...)}
  for k = 1, #r do r[k] = shown(r[k]) end
  return table.concat(r, " ")
end

for i = 1, rounds do
  local p = {}
  for k = 1, 1 + rnd(5) do p[k] = items[rnd(#items) + 1] .. suffixes[rnd(#suffixes) + 1] end
  p = table.concat(p)
  local s = {}
  for k = 1, rnd(14) do s[k] = pick("aabbc1 2().,]%^$-\0\195\169_Z") end
  s = table.concat(s)
  local found = {}
  local ok, e = pcall(function()
    for a, b in s:gmatch(p) do
      found[#found + 1] = shown(a) .. ":" .. shown(b)
      if #found > 50 then break end
    end
  end)
  print(shown(p), shown(s), all(string.find, s, p, rnd(3) + 1),
    all(string.gsub, s, p, replacements[rnd(4) + 1], rnd(2) == 0 and rnd(4) or nil),
    table.concat(found, ","), ok, shown(e))
end
