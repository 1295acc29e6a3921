-- Points of the Mandelbrot set on a grid.
local size, inside = 550, 0
for row = 0, size - 1 do
    local ci = 2 * row / size - 1
    for column = 0, size - 1 do
        local cr = 3 * column / size - 2
        local zr, zi, steps = 0, 0, 0
        while steps < 60 and zr * zr + zi * zi < 4 do
            zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
            steps = steps + 1
        end
        if steps == 60 then inside = inside + 1 end
    end
end
print(inside)
