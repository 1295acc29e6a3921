for _, n in ipairs{0, 1, 9, 10, 99, 1023, 1024, -1, 123456} do assert(tostring(n) == string.format("%d", n), n) end
assert(tostring(0.5) == "0.5" and tostring(1023.5) == "1023.5")
assert(tostring("x") == "x" and tostring(nil) == "nil" and tostring(true) == "true")
assert(tostring(setmetatable({}, {__tostring = function() return "t" end})) == "t")
assert(not pcall(tostring))
