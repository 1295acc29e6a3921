-- Recursive calls, and closures.
local function fibonacci(n)
    if n < 2 then return n end
    return fibonacci(n - 1) + fibonacci(n - 2)
end
local function counter()
    local n = 0
    return function(step) n = n + step return n end
end
local total = 0
for i = 1, 5000 do
    local count = counter()
    for j = 1, 200 do total = total + count(j % 3) end
end
print(fibonacci(31), total)
