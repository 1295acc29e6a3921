-- Puts ticks, and then adds a mark to files/ID. Between the two every tenth job makes
-- files/reached-K, and goes on when files/pass-K exists.
local k = job.params.k
for i = 1, 2000 do job.db:put("S", k, i, 0, "v") end
if k % 10 == 0 then
    assert(io.open(job.dir .. "/reached-" .. k, "w")):close()
    while not io.open(job.dir .. "/pass-" .. k) do require("socket").sleep(0.005) end
end
local f = io.open(job.dir .. "/" .. job.id, "a")
f:write("x")
f:close()
return { k = k }
