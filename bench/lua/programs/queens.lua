-- Counts the ways to place queens that do not attack each other.
local n, solutions = 8, 0
local column, up, down = {}, {}, {}
local function place(row)
    if row > n then
        solutions = solutions + 1
        return
    end
    for c = 1, n do
        local u, d = row + c, row - c + n
        if not (column[c] or up[u] or down[d]) then
            column[c], up[u], down[d] = true, true, true
            place(row + 1)
            column[c], up[u], down[d] = false, false, false
        end
    end
end
for _ = 1, 300 do place(1) end
print(solutions)
