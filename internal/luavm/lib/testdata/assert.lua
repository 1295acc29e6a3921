local function show(f, ...) print(select(2, pcall(f, ...)), select(2, xpcall(f, function(e) return e end, ...))) end
show(function() return assert(false, "in a tail call") end)
show(function() return assert(nil) end)
show(function() return assert(false, 5) end)
show(function() return (assert(false, "in parentheses")) end)
show(function() local x = assert(false, "in a statement") end)
show(function() assert(false) end)
show(function() assert(false, 5) end)
show(assert, false, "from pcall")
show(assert)
show(assert, nil)
print(type(select(2, pcall(function() return assert(false, {}) end))), type(select(2, pcall(function() assert(false, {}) end))))
show(function()
  local f = function() return assert(false, "below") end
  local x = f()
  return x
end)
