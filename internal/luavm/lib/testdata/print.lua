local real = tostring
print(setmetatable({}, { __tostring = function() return "shown" end }), 1, 1.5, "x", nil, false)
tostring = function(v) return "<" .. real(v) .. ">" end
print(1, "x", nil, false)
tostring = function(v) return 7 end
print("x")
for _, bad in ipairs { {}, false } do
  tostring = function() return bad end
  io.write(real(select(2, pcall(function() print("x") end))), "\n")
end
tostring = nil
io.write(real(select(2, pcall(print, "x"))), "\n")
local co = coroutine.create(print)
debug.setfenv(co, { tostring = function() return "of the coroutine" end })
coroutine.resume(co, "x")
co = coroutine.create(function() print("x") end)
debug.setfenv(co, setmetatable({}, { __index = { tostring = function() return "inherited" end } }))
coroutine.resume(co)
tostring = real
print("x")
