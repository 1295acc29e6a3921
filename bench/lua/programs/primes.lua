-- Counts primes with a sieve.
local limit, found = 1000000, 0
for _ = 1, 6 do
    local composite = {}
    found = 0
    for i = 1, limit do composite[i] = false end
    for i = 2, limit do
        if not composite[i] then
            found = found + 1
            for j = i * i, limit, i do composite[j] = true end
        end
    end
end
print(found)
