-- Five bodies that attract each other, as tables with number fields.
local bodies = {}
for i = 1, 5 do
    bodies[i] = {x = i * 1.7, y = 4 - i, z = i % 3, vx = 0.1 * i, vy = 0.3 - 0.05 * i, vz = 0.02 * i, mass = 1 / i}
end
local function step(dt)
    for i = 1, #bodies do
        local a = bodies[i]
        for j = i + 1, #bodies do
            local b = bodies[j]
            local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            local square = dx * dx + dy * dy + dz * dz + 0.01
            local pull = dt / (square * math.sqrt(square))
            a.vx, a.vy, a.vz = a.vx - dx * b.mass * pull, a.vy - dy * b.mass * pull, a.vz - dz * b.mass * pull
            b.vx, b.vy, b.vz = b.vx + dx * a.mass * pull, b.vy + dy * a.mass * pull, b.vz + dz * a.mass * pull
        end
    end
    for _, a in ipairs(bodies) do
        a.x, a.y, a.z = a.x + dt * a.vx, a.y + dt * a.vy, a.z + dt * a.vz
    end
end
for _ = 1, 70000 do step(0.001) end
print(("%.9f %.9f"):format(bodies[1].x, bodies[5].vy))
