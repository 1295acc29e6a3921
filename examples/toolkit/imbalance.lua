-- Order imbalance: do buyers or sellers push, and does the price of the next minute follow?
--
--     microts examples/toolkit/imbalance.lua [DATABASE]
local db = require "data"(arg[1])

-- Bars with more columns: what buyers took, what sellers hit.
local bars = db:bars("S", 600519, nil, nil, "1m", {agg = {
    bought = {"sum", "qty * (side > 0)"},
    sold = {"sum", "qty * (side < 0)"},
}})

-- (bought - sold) / (bought + sold), from -1 to 1, and the return of the next bar.
local imbalance = (bars.bought - bars.sold) / (bars.bought + bars.sold)
local signal = bars:with{imbalance = imbalance, next_ret = bars.close:pct():shift(-1)}
print(signal:select("stop", "close", "bought", "sold", "imbalance", "next_ret"):head(5))

-- Bars in which buyers push, against those in which sellers do.
local sides = signal:with{buyers = imbalance > 0}:group("buyers"):agg{minutes = "count", next_ret = {"mean", "next_ret"}}
print(sides:sort("buyers"))
print(string.format("correlation of imbalance and next return: %.3f", signal.imbalance:corr(signal.next_ret)))
