-- Scans one of the parts into which all ticks are cut, three times.
local p = job.params
local from, to = 1700000000000000, 1700000000000000 + p.ticks * 100
local step = (to - from) / p.parts
local n, bytes = 0, 0
for round = 1, 3 do
    for us, value in job.db:scan("S", 600000, math.ceil(from + (p.part - 1) * step) + 1, math.floor(from + p.part * step)) do
        n, bytes = n + 1, bytes + #value
    end
end
return {n = n, bytes = bytes}
