-- Moving averages, an RSI, Bollinger bands and a MACD over an array of prices.
local n = 700000
local price, x = {}, 1
for i = 1, n do
    x = (x * 48271) % 2147483647
    price[i] = 50 + x % 2000 / 100
end

local function simple(p, window)
    local out, sum = {}, 0
    for i = 1, #p do
        sum = sum + p[i] - (p[i - window] or 0)
        out[i] = i < window and 0 or sum / window
    end
    return out
end

local function exponential(p, window)
    local alpha, last = 2 / (window + 1), p[1]
    local out = {}
    for i = 1, #p do
        last = last + (p[i] - last) * alpha
        out[i] = last
    end
    return out
end

local function rsi(p, window)
    local up, down, out = 0, 0, {50}
    for i = 2, #p do
        local change = p[i] - p[i - 1]
        up = (up * (window - 1) + math.max(change, 0)) / window
        down = (down * (window - 1) + math.max(-change, 0)) / window
        out[i] = down == 0 and 100 or 100 - 100 / (1 + up / down)
    end
    return out
end

local function bands(p, window, width)
    local outside, sum, squares = 0, 0, 0
    for i = 1, #p do
        sum, squares = sum + p[i], squares + p[i] * p[i]
        if i > window then
            local old = p[i - window]
            sum, squares = sum - old, squares - old * old
            local mean = sum / window
            local deviation = math.sqrt(math.abs(squares / window - mean * mean))
            if p[i] > mean + width * deviation or p[i] < mean - width * deviation then outside = outside + 1 end
        end
    end
    return outside
end

local function crossings(fast, slow)
    local n, above = 0, false
    for i = 1, #fast do
        local now = fast[i] > slow[i]
        if now ~= above then n, above = n + 1, now end
    end
    return n
end

local a, b, r = simple(price, 30), exponential(price, 12), rsi(price, 14)
local total = 0
for i = 1, n do total = total + a[i] - b[i] + r[i] end
print(("%.4f %d %d"):format(total, bands(price, 20, 2), crossings(b, exponential(price, 26))))
