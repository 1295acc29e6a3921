-- Builds, formats, splits and searches the lines of a CSV file.
local lines = {}
for i = 1, 180000 do
    lines[#lines + 1] = ("%06d,%s,%.2f,%d"):format(600000 + i % 50, i % 2 == 0 and "B" or "S", 100 + i % 97 / 100, i % 300)
end
local text = table.concat(lines, "\n")
local volume, amount, codes = 0, 0, {}
for code, side, price, quantity in text:gmatch("(%d+),(%u),([%d.]+),(%d+)") do
    volume = volume + tonumber(quantity)
    amount = amount + tonumber(price) * quantity
    codes[code] = (codes[code] or 0) + 1
    if side == "B" and code:sub(-1) == "7" then codes[code .. side] = code:byte(6) end
end
local names = {}
for name in pairs(codes) do names[#names + 1] = name end
table.sort(names)
print(volume, ("%.2f"):format(amount), #names, names[1], (text:gsub("S", "s", 10):find("s", 1, true)))
