-- Checks that the ticks of a job of a.lua are there.
local header = { needs = { "a.lua" } }
assert(job.db:count("S", job.params.k) == 2000)
return { checked = true }
