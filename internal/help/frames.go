package help

import "maps"

// What help tells of frames, and of the functions that make them.

func init() {
	maps.Copy(examples, frameExamples)
	addArguments(frameArguments)
	Options = append(Options, frameOptions...)
}

var frameExamples = map[string]string{
	"micro_ts.ticks":  `local f = db:ticks("S", 600000, "2023-11-14", nil, {fields = "price,qty"})` + "\nfor us, price in f:each(\"ts\", \"price\") do print(ts.date(us), price) end",
	"micro_ts.bars":   `local from, to = "2023-11-14", "2023-11-15"` + "\nprint(db:bars(\"S\", 600000, from, to, \"5m\", {fill = \"prev\"}))",
	"micro_ts.at":     `local f = db:at("2023-11-14 10:00", {"600000.SH", {"S", 1}})` + "\nprint(f[1].symbol, f[1].price)",
	"micro_ts.merge":  "local names, from = {\"600000.SH\", \"000001.SZ\"}, \"2023-11-14\"\nfor i, us, price in ts.merge(db, names, from, nil, {fields = \"price\"}) do\n    print(names[i], ts.date(us), price)\nend",
	"micro_ts.fields": `local value = ts.pack_value{price = 105000, qty = 100, side = "B"}` + "\nlocal price, qty, side = ts.fields(value) --> 10.5, 100, 1",
	"micro_ts.frame":  "local signals = ts.frame{{ts = ts.time \"2023-11-14 10:00\", buy = true}}\nprint(signals:asof(db:ticks(\"S\", 600000)))",
	"frame.columns":   `print(table.concat(f:columns(), " "))`,
	"frame.head":      `print(f:head(3))`,
	"frame.tail":      `local last = f:tail(1)[1]`,
	"frame.each":      `for us, price in f:each("ts", "price") do print(us, price) end`,
	"frame.rows":      `for row in f:rows() do print(row.ts, row.price) end`,
	"frame.select":    `local prices = f:select("ts", "price")`,
	"frame.where":     `local first = f:where{code = "600000"}`,
	"frame.sort":      `local dear = f:sort("price", {descending = true})`,
	"frame.with":      `local g = f:with{code = "600000", ret = f.price}`,
	"frame.concat":    `local both = f:concat(f)`,
	"frame.group":     `local n = #f:group("side")`,
	"frame.bars":      `local b = f:bars("1m", {session = "cn"})`,
	"frame.asof":      `local j = f:asof(g, {within = "3s", suffix = "_quote"})`,
	"frame.window":    `local aggregates = {hi = {"max", "price"}, n = "count"}` + "\nlocal w = f:window(g, \"-2s\", \"1s\", aggregates, {prevailing = true})",
	"frame.describe":  `print(f:describe())`,
	"frame.axis":      `local b = f:bars("1m"):axis("start")`,
	"frame.write":     `local n = f:write("trades.csv")`,
	"groups.agg":      `local a = f:group("side"):agg{qty = {"sum", "qty"}, n = "count"}`,
	"groups.frames":   `for part, side in f:group("side"):frames() do print(side, #part) end`,
}

var frameArguments = map[string]string{
	"from":              "time in µs, or a text that time reads, included; nil: no limit",
	"to":                "time in µs, or a text that time reads, included; nil: no limit",
	"frame.window.from": "how long before or after the row's time the window begins: \"-2s\", or µs",
	"frame.window.to":   "how long before or after the row's time the window ends: \"1s\", or µs; included",
	"time":              "time in µs, or a text that time reads",
	"width":             "how long a bar is: \"1s\", \"5m\", \"1h\", \"1d\", or µs; with the option by, how much ends a bar",
	"instruments":       "array of symbols such as \"600519.SH\", also 600519, of {market, code}, or of rows that codes returns",
	"number":            "of rows; 10 (preset)",
	"names":             "names of columns, or an array of them",
	"mask":              "series, of which every number but 0 and NaN chooses a row; or a table of values by column",
	"column":            "name of a column",
	"data":              "array of rows {ts = 1, price = 10}, iterator that returns such rows, or table of columns {ts = {1, 2}, price = {10, 11}}",
	"columns":           "table of columns by name: a series, an array, or a value for all rows",
	"others":            "one frame or more",
	"right":             "frame with a time axis",
	"aggregates":        "table by name of a column: {\"max\", \"price\"}, {\"mean\", \"ask - bid\"}, {\"quantile(0.9)\", \"qty\"}, \"count\"",
}

var (
	fieldUsers = []string{"micro_ts.scan", "micro_ts.ticks", "micro_ts.merge"}
	barMakers  = []string{"micro_ts.bars", "frame.bars"}
	joins      = []string{"frame.asof", "frame.window"}
	asofJoin   = []string{"frame.asof"}
)

var frameOptions = []Option{
	{"ticks, scan and merge", "fields", `names such as "price,qty", or an array; all (preset of ticks)`, "The fields of tick records that are read: price qty side channel order_no tick_no, and seq.", fieldUsers},
	{"ticks, scan and merge", "skip", "true or false (preset)", "Ticks whose values do not fit are left out; without it such a tick is an error. A frame has their number in `skipped`.", fieldUsers},
	{"ticks", "layout", `fields such as "price:>i4/10000 qty:>I4"`, "How values other than tick records are laid out: a name and a format of `string.pack` for each field, and what a number is divided by.", []string{"micro_ts.ticks"}},
	{"at and asof", "within", `duration such as "3s", or µs; no limit (preset)`, "How far the times may be apart.", []string{"micro_ts.at", "frame.asof"}},
	{"bars", "session", `name or file of a calendar, or false; that of the market (preset)`, "The sessions in which bars lie: the last bar of a session includes its end, the first one the auction before it. `false`: bars lie on multiples of the width.", barMakers},
	{"bars", "fill", `"none" (preset), "prev" or "nan"`, "Bars for times without ticks: none, with the price of the last close, or without prices.", barMakers},
	{"bars", "by", `"time" (preset), "qty", "amount" or "count"`, "What ends a bar: time, or how much was traded.", barMakers},
	{"bars", "agg", `table such as {buys = {"sum", "qty * (side > 0)"}}`, "More columns: aggregates of fields or of expressions of fields.", barMakers},
	{"bars", "zone", "name of a time zone; that of the script (preset)", "Where a day begins at midnight, without sessions.", barMakers},
	{"bars", "skip", "true or false (preset)", "Values that are no tick records are left out.", barMakers},
	{"asof", "strict", "true or false (preset)", "Rows of the same time do not count.", asofJoin},
	{"asof", "direction", `"back" (preset), "forward" or "nearest"`, "On which side of the time the other row is.", asofJoin},
	{"asof", "suffix", `text; "_r" (preset)`, "What is put behind the names of columns that both frames have.", asofJoin},
	{"asof and window", "by", "name of a column", "The rows must be equal in this column, of texts or integers, which both frames have.", joins},
	{"window", "prevailing", "true or false (preset)", "The last row before the window counts too: what was valid when it began.", []string{"frame.window"}},
	{"sort", "descending", "true or false (preset)", "The greatest value comes first.", []string{"frame.sort"}},
}
