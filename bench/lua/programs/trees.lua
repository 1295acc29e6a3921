-- Allocates and walks binary trees.
local function build(depth)
    if depth == 0 then return {} end
    return {build(depth - 1), build(depth - 1)}
end
local function count(tree)
    if not tree[1] then return 1 end
    return 1 + count(tree[1]) + count(tree[2])
end
local nodes = 0
for _ = 1, 80 do nodes = nodes + count(build(13)) end
print(nodes)
