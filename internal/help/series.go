package help

import (
	"maps"
	"strings"

	"microts/luabind"
)

func init() {
	own = append(own,
		module{luabind.SeriesName, "Series of numbers, most often with a time axis. It is a global too. `x + y`, `x > 1`, `x[i]`, `#x` and methods work on whole series. Missing is NaN.", `local x = series.new{10, 11, 10.5}
print((x > 10):sum(), x:roll(2):mean())`},
		module{luabind.IndicatorsName, "Indicators with the names, defaults and warm-up of TA-Lib. It is a global too. With columns a function returns series, with parameters alone an operator, which takes one row at a time.", `local rsi = ta.rsi({10, 11, 10.5, 11.5}, 2)
local op = ta.rsi(2)
print(op:push(10), op:push(11), op:push(10.5)) --> nan nan 66.666666666667`})
	maps.Copy(examples, seriesExamples)
	addArguments(seriesArguments)
	for _, f := range luabind.IndicatorFunctions {
		examples[luabind.IndicatorsName+"."+f.Name] = indicatorExample(f)
	}
	Options = append(Options, seriesOptions...)
}

// seriesTopics returns the topics of the modules series and ta.
func seriesTopics() (all []Topic) {
	all = append(all, functionTopics("function of series", luabind.SeriesFunctions, "series")...)
	all = append(all, functionTopics("method of series", luabind.SeriesMethods, "series", "x")...)
	all = append(all, functionTopics("method of what x:roll returns", luabind.RollMethods, "roll")...)
	all = append(all, functionTopics("method of what x:ewm returns", luabind.EwmMethods, "ewm")...)
	all = append(all, functionTopics("function of ta", luabind.IndicatorFunctions, luabind.IndicatorsName)...)
	return append(all, functionTopics("method of operators of ta", luabind.OperatorMethods, "op")...)
}

// indicatorExample shows both ways to call an indicator.
func indicatorExample(f luabind.Function) string {
	results := strings.ReplaceAll(f.Returns, "%", "")
	columns, values := "bars", "11, 10, 10.5, 200"
	if f.Args[0] == "close" && (len(f.Args) == 1 || strings.Contains(f.Args[1], "=")) {
		columns, values = "x", "10.5"
	} else {
		inputs := 0
		for _, arg := range f.Args {
			if !strings.Contains(arg, "=") {
				inputs++
			}
		}
		values = strings.Join(strings.Split(values, ", ")[:inputs], ", ")
	}
	return "local " + results + " = ta." + f.Name + "(" + columns + ")\nlocal op = ta." + f.Name + "()\nprint(op:push(" + values + "))"
}

// seriesArguments are the arguments of series and ta.
var seriesArguments = map[string]string{
	"x":            "the series",
	"y":            "a series or table of numbers as long as x; of eq and ne also a number",
	"values":       "table of numbers, or a series",
	"times":        "table or series of µs, as long as the values",
	"series.from":  "number of a row, counted from 1, or from the end if it is negative",
	"series.to":    "number of a row, which is included",
	"series.n":     "integer, a number of rows",
	"ta.n":         "integer, a number of rows",
	"low":          "a number; in ta: the lows, a series or table of numbers",
	"high":         "a number; in ta: the highs, a series or table of numbers",
	"series.mask":  "a series, such as `x > 1`; 0 and NaN count as false",
	"other":        "a series or a number",
	"with":         "a number, or \"prev\"",
	"ddof":         "integer from 0 on, which the divisor is less than the number of values",
	"q":            "number 0..1",
	"window":       "integer from 1 on, a number of rows; or a time such as \"30s\", \"5m\", \"1d\"",
	"roll":         "what x:roll returned",
	"ewm":          "what x:ewm returned",
	"op":           "the operator",
	"value...":     "a number for each column of the indicator",
	"close":        "series or table of numbers. In the place of all columns also bars: a frame, or a table with columns",
	"volume":       "series or table of numbers; the column qty of bars",
	"ta.price":     "series or table of numbers; without a column price the column close of bars",
	"factor":       "number 0..1, the volume factor",
	"fast":         "integer 1..100000, rows of the fast average",
	"slow":         "integer 1..100000, rows of the slow average",
	"signal":       "integer 1..100000, rows of the average of the difference",
	"up":           "number of standard deviations to the upper band",
	"down":         "number of standard deviations to the lower band",
	"fast_k":       "integer 1..100000, rows of the highest high and the lowest low",
	"slow_k":       "integer 1..100000, rows over which K is averaged",
	"slow_d":       "integer 1..100000, rows over which D is averaged",
	"m1":           "integer 1..100000, rows over which K is averaged",
	"m2":           "integer 1..100000, rows over which D is averaged",
	"acceleration": "number from 0 on",
	"maximum":      "number from 0 on, the greatest acceleration",
}

var (
	roller = []string{"series.roll"}
	ewmer  = []string{"series.ewm"}
)

// seriesOptions are the options of roll and ewm.
var seriesOptions = []Option{
	{"x:roll", "min", "integer; the number of rows, 1 of a window of time (preset)", "A window needs so many values that are not NaN.", roller},
	{"x:ewm", "span", "number from 1 on", "The weights fall by the part 2/(span+1) from row to row. One of `span`, `alpha`, `com`, `halflife` must be given.", ewmer},
	{"x:ewm", "alpha", "number above 0, up to 1", "The weights fall by this part.", ewmer},
	{"x:ewm", "com", "number from 0 on", "The weights fall by the part 1/(1+com).", ewmer},
	{"x:ewm", "halflife", "number above 0", "The weights are halved in so many rows.", ewmer},
	{"x:ewm", "adjust", "true (preset) or false", "Whether the weights are divided by their sum. If not, each value is alpha of it and the rest of the one before, and the first value is itself.", ewmer},
	{"x:ewm", "min", "integer; 1 (preset)", "The result needs so many values that are not NaN.", ewmer},
}

// seriesExamples shows how to call what is about series.
var seriesExamples = map[string]string{
	"series.new":      "local x = series.new{10, 11, 10.5}\nlocal us = ts.time(\"2023-11-14 09:30\")\nlocal timed = series.new({10, 11}, {us, us + 1000000})",
	"series.table":    `for i, v in ipairs(x:table()) do print(i, v) end`,
	"series.times":    `print(ts.date(x:times()[1]))`,
	"series.slice":    `print(x:slice(-3)) -- the last three rows`,
	"series.shift":    `local before = x:shift(1)`,
	"series.diff":     `local change = x:diff()`,
	"series.pct":      `local returns = x:pct()`,
	"series.cumsum":   `local wealth = (1 + x:pct():fill(0)):log():cumsum():exp()`,
	"series.cummax":   `local drawdown = x / x:cummax() - 1`,
	"series.cummin":   `local low = x:cummin()`,
	"series.rank":     `print(series.new{30, 10, 20}:rank()) --> series of 3: 3 1 2`,
	"series.abs":      `local size = x:diff():abs()`,
	"series.log":      `local returns = x:log():diff()`,
	"series.exp":      `local price = x:log():exp()`,
	"series.clip":     `local bounded = x:clip(2, 4)`,
	"series.where":    `local rises = x:diff():where(x:diff() > 0, 0)`,
	"series.fill":     `local whole = x:shift():fill("prev")`,
	"series.isnan":    `print(x:diff():isnan():sum()) --> 1`,
	"series.eq":       `local flat = x:diff():eq(0)`,
	"series.ne":       `local moved = x:diff():ne(0)`,
	"series.all":      `if (x > 0):all() then print("all above 0") end`,
	"series.any":      `if (x > 4):any() then print("one above 4") end`,
	"series.count":    `print(x:diff():count()) --> 4`,
	"series.mean":     `print(x:mean()) --> 3`,
	"series.sum":      `print((x > 2):sum()) --> 3`,
	"series.std":      `print(x:pct():std())`,
	"series.var":      `print(x:var(0)) --> 2`,
	"series.min":      `print(x:min()) --> 1`,
	"series.max":      `print(x:max()) --> 5`,
	"series.median":   `print(x:median()) --> 3`,
	"series.quantile": `print(x:quantile(0.25)) --> 2`,
	"series.corr":     `print(x:corr(y)) --> 1`,
	"series.cov":      `print(x:cov(y)) --> 2.5`,
	"series.skew":     `print(x:skew()) --> 0`,
	"series.kurt":     `print(x:kurt()) --> -1.2`,
	"series.describe": `for name, v in pairs(x:describe()) do print(name, v) end`,
	"series.roll":     "local fast, slow = x:roll(2):mean(), x:roll(4, {min = 1}):mean()\nlocal high = x:roll(\"30s\"):max()",
	"series.ewm":      `local smooth = x:ewm{span = 3, adjust = false}:mean()`,

	"roll.mean":     `local ma = x:roll(3):mean()`,
	"roll.sum":      `local volume = x:roll(3):sum()`,
	"roll.std":      `local volatility = x:pct():roll(3):std()`,
	"roll.var":      `local v = x:roll(3):var()`,
	"roll.zscore":   `local entry = x:roll(3):zscore() < -1`,
	"roll.min":      `local support = x:roll(3):min()`,
	"roll.max":      `local breakout = x >= x:roll(3):max()`,
	"roll.median":   `local middle = x:roll(3):median()`,
	"roll.quantile": `local high = x:roll(3):quantile(0.9)`,
	"roll.rank":     `local rank = x:roll(3):rank()`,
	"roll.corr":     `local c = x:pct():roll(3):corr(y:pct())`,
	"roll.cov":      `local beta = x:roll(3):cov(y) / y:roll(3):var()`,
	"roll.skew":     `local s = x:roll(4):skew()`,
	"roll.kurt":     `local k = x:roll(4):kurt()`,

	"ewm.mean": `local ema = x:ewm{span = 3, adjust = false}:mean()`,
	"ewm.var":  `local v = x:pct():ewm{halflife = 5}:var()`,
	"ewm.std":  `local volatility = x:pct():ewm{alpha = 0.06}:std()`,

	"op.push":     "for i = 1, #x do\n    local rsi = op:push(x[i])\nend",
	"op.lookback": `print(ta.macd():lookback()) --> 33`,
}
