-- Keeps 10,000 coroutines alive, each in the middle of its run.
local all = {}
for i = 1, 10000 do
  local co = coroutine.create(function() coroutine.yield(i) end)
  assert(select(2, coroutine.resume(co)) == i)
  all[i] = co
end
