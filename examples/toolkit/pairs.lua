-- Pairs spread: how far are two stocks from where they usually stand to each other?
--
--     microts examples/toolkit/pairs.lua [DATABASE]
local db = require "data"(arg[1])

-- Bars of both, of which every minute has one, joined by time.
local opts = {fill = "prev"}
local a = db:bars("S", 600519, nil, nil, "1m", opts):select("stop", "close")
local b = db:bars("S", "000858.SZ", nil, nil, "1m", opts):select("stop", "close")
local pair = a:asof(b, {within = 0, suffix = "_b"})

-- The ratio of the prices, and its distance from the mean of 20 minutes in standard deviations.
local ratio = pair.close / pair.close_b
local z = (ratio - ratio:roll(20):mean()) / ratio:roll(20):std()
pair = pair:with{ratio = ratio, z = z}
print(pair:select("stop", "close", "close_b", "ratio", "z"):tail(3))

-- Minutes in which one of them is dear.
local dear = pair:where(z:abs() > 2)
print(string.format("%d of %d minutes are more than 2 standard deviations off", #dear, #pair))
for stop, value in dear:each("stop", "z") do
    print(require("micro_ts").date(stop), value > 0 and "600519 is dear" or "000858 is dear")
end
