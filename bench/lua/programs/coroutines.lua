-- A pipeline of coroutines.
local function numbers(n)
    return coroutine.wrap(function()
        for i = 1, n do coroutine.yield(i) end
    end)
end
local function filtered(source, divisor)
    return coroutine.wrap(function()
        for v in source do
            if v % divisor ~= 0 then coroutine.yield(v) end
        end
    end)
end
local source, count, sum = filtered(filtered(numbers(1500000), 3), 5), 0, 0
for v in source do count, sum = count + 1, sum + v end
print(count, sum)
