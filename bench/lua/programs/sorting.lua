-- Sorts numbers, and tables by a field.
local seed = 3
local function random()
    seed = (seed * 16807) % 2147483647
    return seed
end
local numbers, rows = {}, {}
for i = 1, 250000 do numbers[i] = random() % 1000000 end
for i = 1, 90000 do rows[i] = {key = random() % 5000, place = i} end
table.sort(numbers)
table.sort(rows, function(a, b)
    if a.key ~= b.key then return a.key < b.key end
    return a.place < b.place
end)
print(numbers[1], numbers[125000], rows[1].place, rows[90000].key)
