-- Orders that enter, change and leave the price levels of a book.
local Book = {}
Book.__index = Book

function Book.new()
    return setmetatable({bid = {}, ask = {}, best_bid = 0, best_ask = 1e9, orders = {}, volume = 0}, Book)
end

function Book:add(id, side, price, quantity)
    local levels = self[side]
    local level = levels[price]
    if level then
        level.quantity, level.orders = level.quantity + quantity, level.orders + 1
    else
        levels[price] = {price = price, quantity = quantity, orders = 1}
    end
    self.orders[id] = {side = side, price = price, quantity = quantity}
    if side == "bid" then
        if price > self.best_bid then self.best_bid = price end
    elseif price < self.best_ask then
        self.best_ask = price
    end
    self.volume = self.volume + quantity
end

function Book:cancel(id)
    local order = self.orders[id]
    if not order then return end
    self.orders[id] = nil
    local levels = self[order.side]
    local level = levels[order.price]
    level.quantity, level.orders = level.quantity - order.quantity, level.orders - 1
    if level.orders > 0 then return end
    levels[order.price] = nil
    if order.side == "bid" and order.price == self.best_bid then
        local p = order.price
        repeat p = p - 1 until levels[p] or p < 900
        self.best_bid = p
    elseif order.side == "ask" and order.price == self.best_ask then
        local p = order.price
        repeat p = p + 1 until levels[p] or p > 1100
        self.best_ask = p
    end
end

local book, seed, spread = Book.new(), 11, 0
local function random(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
end
for id = 1, 250000 do
    if random(2) == 0 then
        book:add(id, "bid", 1000 - random(30), 100 * (1 + random(9)))
    else
        book:add(id, "ask", 1001 + random(30), 100 * (1 + random(9)))
    end
    book:cancel(id - 40 - random(20))
    spread = spread + book.best_ask - book.best_bid
end
print(spread, book.volume, book.best_bid, book.best_ask)
