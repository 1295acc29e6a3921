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
local function try(read) return pcall(function() local f, fault = load(read) return f, fault end) end
print(try(function() error("while it reads") end))
print(select("#", try(function() error() end)), type(select(3, try(function() error({}) end))))
print(try(function() return 1 == 1 end))
print(try(function() coroutine.yield() end))
print(coroutine.resume(coroutine.create(function() return try(function() coroutine.yield("x") end) end)))
print(coroutine.resume(coroutine.create(function() return pcall(string.gsub, "x", "x", function() local y = coroutine.yield("x") return y end) end)))
