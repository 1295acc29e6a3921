-- As-of join: what did each trade pay, compared with the quote that stood before it?
--
--     microts examples/toolkit/quotes.lua [DATABASE]
local db = require "data"(arg[1])

local trades = db:ticks("S", 600519, nil, nil, {fields = "price,qty,side"})
local quotes = db:ticks("Q", "600519", nil, nil, {layout = "bid:>i4/10000 ask:>i4/10000 bid_qty:>I4 ask_qty:>I4"})

-- Each trade with the last quote at or before it, if that is at most 3 s old.
local joined = trades:asof(quotes:select("ts", "bid", "ask"), {within = "3s", suffix = "_quote"})
print(joined:head(3))

-- The effective spread, twice the distance from the middle, and how old quotes were.
local cost = joined:group("side"):agg{
    trades = "count", qty = {"sum", "qty"},
    spread = {"mean", "ask - bid"}, effective = {"mean", "2 * side * (price - (bid + ask) / 2)"},
    age_ms = {"mean", "(ts - ts_quote) / 1000"},
}
print(cost)

-- The best ask in the second after each trade: did the price run away?
local after = joined:window(quotes, 0, "1s", {best_ask = {"min", "ask"}, quotes = "count"}, {prevailing = true})
print(after:where{side = 1}:select("ts", "price", "best_ask", "quotes"):tail(3))
