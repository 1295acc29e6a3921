-- The product of two square matrices.
local n = 210
local function make(f)
    local m = {}
    for i = 1, n do
        local row = {}
        for j = 1, n do row[j] = f(i, j) end
        m[i] = row
    end
    return m
end
local a = make(function(i, j) return (i * 3 + j) % 17 end)
local b = make(function(i, j) return (i + j * 5) % 13 end)
local c = make(function(i, j)
    local sum = 0
    for k = 1, n do sum = sum + a[i][k] * b[k][j] end
    return sum
end)
local trace = 0
for i = 1, n do trace = trace + c[i][i] end
print(trace)
