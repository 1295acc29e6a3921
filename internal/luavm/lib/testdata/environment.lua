-- Threads have globals of their own: those of the thread that made them, until setfenv.
local env = {a = 15}
local co = coroutine.create(function()
  coroutine.yield(getfenv(0))
  coroutine.yield(loadstring("return a")())
  local inner = coroutine.create(function() return getfenv(0) end)
  return select(2, coroutine.resume(inner))
end)
print(debug.getfenv(co) == _G, debug.setfenv(co, env) == co, debug.getfenv(co) == env)
print(select(2, coroutine.resume(co)) == env, select(2, coroutine.resume(co)), select(2, coroutine.resume(co)) == env)
print(getfenv(0) == _G, a)
print(coroutine.wrap(function() setfenv(0, env) return getfenv(0) == env, getfenv(1) == _G end)())
print(getfenv(0) == _G, pcall(debug.setfenv, co, 1))
