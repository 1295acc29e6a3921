-- A strategy object that gets each tick as a table.
local Strategy = {}
Strategy.__index = Strategy

function Strategy:on_tick(tick)
    local price = tick.price
    self.fast = self.fast + 0.2 * (price - self.fast)
    self.slow = self.slow + 0.05 * (price - self.slow)
    self.high = price > self.high and price or self.high
    if self.position == 0 and self.fast > self.slow + 0.01 then
        self:order(tick, 100)
    elseif self.position > 0 and self.fast < self.slow - 0.01 then
        self:order(tick, -self.position)
    end
    self.volume = self.volume + tick.quantity
end

function Strategy:order(tick, quantity)
    self.position = self.position + quantity
    self.cash = self.cash - quantity * tick.price
    self.orders[#self.orders + 1] = {time = tick.time, quantity = quantity, price = tick.price}
end

local s = setmetatable({fast = 100, slow = 100, high = 0, position = 0, cash = 0, volume = 0, orders = {}}, Strategy)
for i = 1, 800000 do
    s:on_tick {time = 1700000000000000 + i * 100, price = 100 + 4 * math.sin(i / 40), quantity = i % 300, side = "B"}
end
print(("%.4f %d %.4f %d"):format(s.cash, #s.orders, s.high, s.volume))
