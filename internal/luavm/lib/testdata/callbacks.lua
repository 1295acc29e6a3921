-- What the library calls may be a coroutine.
local function words(...)
  local list = { ... }
  return coroutine.wrap(function() for _, word in ipairs(list) do coroutine.yield(word) end end)
end
print(assert(load(words("ret", "urn ", "7")))())
print(("a b c d"):gsub("%a", words("1", "2", "3")))
print(pcall(string.gsub, "a b", "%a", coroutine.wrap(function() coroutine.yield("x") error("in the replacement") end)))
local order = coroutine.wrap(function(a, b) while true do a, b = coroutine.yield(a < b) end end)
local sorted = { 3, 1, 2 }
table.sort(sorted, order)
print(unpack(sorted))
print(tostring(setmetatable({}, { __tostring = words("once", "twice") })))
