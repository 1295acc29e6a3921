-- Mean, deviation and extremes of the last values in a ring buffer.
local size, n = 50, 2000000
local ring, at, count = {}, 0, 0
for i = 1, size do ring[i] = 0 end
local sum, squares, breaks, trace = 0, 0, 0, 0
for i = 1, n do
    local v = (i * 7901 + 13) % 997 / 8
    at = at % size + 1
    local old = ring[at]
    ring[at] = v
    sum, squares = sum + v - old, squares + v * v - old * old
    if count < size then count = count + 1 end
    local mean = sum / count
    local variance = squares / count - mean * mean
    if variance > 0 and v > mean + 1.5 * math.sqrt(variance) then breaks = breaks + 1 end
    trace = trace + mean
end
local low, high = ring[1], ring[1]
for i = 2, size do low, high = math.min(low, ring[i]), math.max(high, ring[i]) end
print(("%.4f %d %.3f %.3f"):format(trace, breaks, low, high))
