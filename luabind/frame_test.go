package luabind

import (
	"errors"
	"strings"
	"testing"

	"microts/internal/luavm"
)

// newFrameState returns a state with a frame f of ticks, a frame g without a time axis, and
// a database db.
func newFrameState(t testing.TB) *luavm.State {
	s := newState(t)
	run(t, s, `
		for i = 1, 3 do db:put("S", 1, i, 0, ts.pack_value{price = 10000 * i, qty = i, order_no = "18446744073709551615"}) end
		db:put("S", 2, 1, 0, "other")
		f = db:ticks("S", 1, nil, nil, {fields = "price,qty"})
		g = f:group("qty"):agg{n = "count"}
		text = f:with{code = "a"}
		closed = ts.open(path)
		closed:close()`)
	return s
}

// TestBadFrameArguments: what is wrong is an error that names argument, column or option.
func TestBadFrameArguments(t *testing.T) {
	s := newFrameState(t)
	for _, c := range []struct{ code, want string }{
		// Reading.
		{`db:ticks("S", 1, "soon")`, `bad argument #3 to 'ticks' (from: date and time such as`},
		{`db:ticks("S", 1, 1, -1)`, "bad argument #4 to 'ticks' (to: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{`db:ticks("S", 1, nil, nil, {fields = "price,qyt"})`, `bad argument #5 to 'ticks' (opts: option "fields": unknown field "qyt"; did you mean "qty"?)`},
		{`db:ticks("S", 1, nil, nil, {fields = "price price"})`, `option "fields": field "price" is named twice`},
		{`db:ticks("S", 1, nil, nil, {fields = ""})`, `option "fields": names of fields expected, such as "price,qty", got ""`},
		{`db:ticks("S", 1, nil, nil, {fields = 1})`, `option "fields": names of fields such as "price,qty" expected, got 1`},
		{`db:ticks("S", 1, nil, nil, {fields = {1}})`, `option "fields": item 1: string expected, got 1`},
		{`db:ticks("S", 1, nil, nil, {skp = true})`, `option "skp": unknown; did you mean "skip"?`},
		{`db:ticks("S", 1, nil, nil, {skip = 1})`, `option "skip": boolean expected, got 1`},
		{`db:ticks("S", 1, nil, nil, {layout = "price"})`, `option "layout": layout: "price": invalid format option 'p'; a field is written as name:format`},
		{`db:ticks("S", 1, nil, nil, {layout = ""})`, `option "layout": layout: fields as name:format expected`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:q"})`, `option "layout": layout: "p:q": invalid format option 'q'`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:z"})`, `option "layout": layout: "p:z": a format of fixed length expected`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:i4/0"})`, `a number other than 0 expected after the slash, got "0"`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:i4 p:i4"})`, `a column "p" is there already`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:i4i4"})`, `a format of one value expected, got one of 2`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:i9"})`, `integers of at most 8 bytes expected, got 9`},
		{`db:ticks("S", 1, nil, nil, {layout = "p:i4", fields = "price"})`, `option "fields": a layout names its fields itself`},
		{`db:ticks("S", 1, nil, nil, {layout = "head:i4", skip = true})`, `a column cannot have the name "head"`},
		{`db:ticks("S", 2)`, "ticks: the tick of 1970-01-01 08:00:00.000001 (1, seq 0): not a tick record: 5 bytes, not 50"},
		{`db:scan("S", 2, nil, nil, {fields = "price"})()`, "the tick of 1970-01-01 08:00:00.000001"},
		{`db:scan("S", 1, nil, nil, {fields = "time"})`, `bad argument #5 to 'scan' (opts: option "fields": unknown field "time"`},
		{`db:scan("S", 2, nil, nil, {skip = true})`, `bad argument #5 to 'scan' (opts: option "skip": it goes with the option "fields"`},
		{`ts.merge(db, {"000002.SZ"}, nil, nil, {skip = true})`, `bad argument #5 to 'merge' (opts: option "skip": it goes with the option "fields"`},
		{`ts.fields("x")`, "bad argument #1 to 'fields' (value: 50-byte tick record expected: not a tick record: 1 bytes, not 50)"},
		{`ts.fields()`, "bad argument #1 to 'fields' (value: string expected, got no value)"},
		{`closed:ticks("S", 1)`, "is closed"},
		{`closed:scan("S", 1, nil, nil, {fields = "price"})`, "is closed"},
		// Instruments.
		{`db:at(1)`, "bad argument #2 to 'at' (instruments: array of instruments such as"},
		{`db:at(nil, {})`, "bad argument #1 to 'at' (time: integer microseconds expected, got nil)"},
		{`db:at(1, {"a b"})`, `instrument 1: symbol: printable UTF-8 without spaces expected, got "a b"`},
		{`db:at(1, {{"SH", 1}})`, `instrument 1: market: one printable ASCII character expected, got "SH"`},
		{`db:at(1, {"000001.SZ", {"S", 1.5}})`, `instrument 2: code: integer 0..999999999 or a string expected, got 1.5`},
		{`db:at(1, {5})`, `instrument 1: {market, code} or a symbol such as "600519.SH" expected, got 5`},
		{`db:at(1, {}, {within = "soon"})`, `option "within": duration such as "3s" or "500ms", or integer microseconds, expected, got "soon"`},
		{`db:at(1, {}, {within = -1})`, `option "within": duration of at least 0 expected, got -1`},
		{`db:at(1, {"000002.SZ"})`, "at: the tick of 1970-01-01 08:00:00.000001 (1, seq 0): not a tick record"},
		{`ts.merge(db, "000001.SZ")`, "bad argument #2 to 'merge' (instruments: array of instruments"},
		{`ts.merge(db, {}, nil, nil, {limit = 1})`, `option "limit": unknown; there are fields, skip`},
		{`ts.merge(closed, {"000001.SZ"})`, "is closed"},
		{`db:at(1, {"000002.SZ"})`, "not a tick record: 5 bytes, not 50"}, // and nothing of layout and skip, which it has not
		{`db:bars("S", 2, nil, nil, "5m")`, "seq 0, is no tick record; skip=true leaves such ticks out"},
		{`db:scan("S", 2, nil, nil, {fields = "price"})()`, "not a tick record: 5 bytes, not 50; skip=true leaves such ticks out"},
		{`ts.merge(db, {"000002.SZ"}, nil, nil, {fields = "price"})()`, "not a tick record: 5 bytes, not 50; skip=true leaves such ticks out"},
		{`ts.merge(db, {"000001.SZ"}, nil, nil, {fields = "prise"})`, `bad argument #5 to 'merge' (opts: option "fields": unknown field "prise"; did you mean "price"?)`},
		// Frames of a script's values.
		{`ts.frame()`, "bad argument #1 to 'frame' (data: array or iterator of rows, or table of columns, expected, got no value)"},
		{`ts.frame(5)`, "array or iterator of rows, or table of columns, expected, got 5"},
		{`ts.frame{1}`, "row 1: table of values by name expected, got 1"},
		{`ts.frame{{1}}`, "row 1: names of columns expected, got 1"},
		{`ts.frame{{a = 1}, {a = "x"}}`, `row 2: column "a": number, as in row 1, expected, got "x"`},
		{`ts.frame{{b = 1}, {a = "x"}, {a = true}}`, `row 3: column "a": string, as in row 2, expected, got boolean`},
		{`ts.frame{{a = true}, {a = 1}}`, `row 2: column "a": boolean, as in row 1, expected, got 1`},
		{`ts.frame{{a = {}}}`, `row 1: column "a": number, string or boolean expected, got table`},
		{`ts.frame{{head = 1}}`, `bad argument #1 to 'frame' (data: row 1: a column cannot have the name "head"`},
		{`ts.frame{{[""] = 1}}`, `bad argument #1 to 'frame' (data: row 1: a name for the column expected`},
		{`ts.frame{a = {1, 2}, b = {1}}`, `lengths differ: `},
		{`ts.frame{a = {1, "x"}}`, `column "a": item 2: number, as item 1, expected, got "x"`},
		{`ts.frame{a = print}`, `column "a": series, array, number, string or boolean expected, got function`},
		{`ts.frame{a = {1}, 5}`, "row 1: table of values by name expected, got 5"},
		{`ts.frame(function() return 5 end)`, "row 1: table of values by name expected, got 5"},
		{`ts.frame(function() error("mine") end)`, "mine"},
		{`ts.frame{{ts = 1.5}}:axis "ts"`, `column "ts": times or integers expected for a time axis, got a column of kind float`},
		{`ts.frame{{ts = "x"}}:asof(f)`, "calling 'asof' on bad self (frame: a frame with a time axis expected, got one of the columns ts)"},
		// Fields and columns.
		{`return f.prise`, `frame: no column is called "prise"; did you mean "price"?`},
		{`return f.haed`, `did you mean "head"?`},
		{`return f[true]`, "frame: name of a column or number of a row expected, got boolean"},
		{`f.price = 1`, "attempt to index"},
		{`return db:ticks("S", 1).order_no`, `column "order_no": has integers beyond 2^53, which no number holds exactly: rows have them as texts`},
		{`f.head(1)`, "calling 'head' on bad self (frame: frame expected, got 1)"},
		{`f:head(-1)`, "bad argument #1 to 'head' (number: integer number of rows expected, got -1)"},
		{`f:tail(1.5)`, "bad argument #1 to 'tail' (number: integer number of rows expected, got 1.5)"},
		{`f:select()`, "bad argument #1 to 'select' (names: names of columns expected, got no value)"},
		{`f:select("price", "qyt")`, `unknown column "qyt"; did you mean "qty"?`},
		{`f:select("price", "price")`, `column "price" is named twice`},
		{`f:select("price", 1)`, "names of columns expected, got 1"},
		{`f:each("x")`, `bad argument #1 to 'each' (names: unknown column "x"`},
		{`f:where("price > 1")`, `bad argument #1 to 'where' (mask: mask such as f.price > 10, or table such as {code = "600519"}, expected, got "price > 1")`},
		{`f:where(f:head(2).price)`, "a mask of 3 values expected, as the frame has rows, got 2"},
		{`f:where{code = "a"}`, `unknown column "code"`},
		{`f:where{price = "a"}`, `column "price": texts expected, got a column of kind float`},
		{`text:where{code = 1}`, `column "code": numbers expected, got texts`},
		{`f:where{qty = {1, "a"}}`, `column "qty": value 2: number expected, got "a"`},
		{`f:where{price = print}`, `column "price": number, string, boolean, or array of numbers or strings expected, got function`},
		{`f:sort("x")`, `bad argument #1 to 'sort' (column: unknown column "x"`},
		{`f:sort("price", {desc = true})`, `option "desc": unknown; there are descending`},
		{`f:with{p = f:head(1).price}`, `column "p": 3 values expected, as the frame has rows, got 1`},
		{`f:with{p = {1, 2}}`, `column "p": 3 values expected, as the frame has rows, got 2`},
		{`f:with{p = {1, "a", 3}}`, `column "p": item 2: number, as item 1, expected, got "a"`},
		{`f:with{p = print}`, `column "p": series, array, number, string or boolean expected, got function`},
		{`f:with{sort = 1}`, `a column cannot have the name "sort"`},
		{`f:with{[""] = 1}`, "bad argument #1 to 'with' (columns: a name for the column expected)"},
		{`f:with{1}`, "names of columns expected, got 1"},
		{`f:concat(g)`, `frame 2 has a column "n", the first one has not`},
		{`f:concat(f:select("ts", "price"))`, `frame 2 has no column "qty", the first one has`},
		{`f:concat(f:with{price = "a"})`, `column "price" is of kind text in frame 2, of kind float in the first one`},
		{`f:concat(f.price)`, "(others: frame expected, got series)"},
		{`f:concat(f, 1)`, "frames expected, got 1"},
		{`f:bars("1s"):concat(f:bars("1s", {zone = "UTC"}))`, "bad argument #1 to 'concat' (others: frame 2 has times of the zone UTC, the first one of Asia/Shanghai)"},
		{`f:group("x")`, `unknown column "x"`},
		{`f:group("qty", "qty")`, `bad argument #1 to 'group' (names: column "qty" is named twice)`},
		{`f:group("qty"):ag{n = "count"}`, `groups has no "ag"; did you mean "agg"?`},
		{`f:group("qty"):agg{head = "count"}`, `bad argument #1 to 'agg' (aggregates: a column cannot have the name "head", which a frame has for its own)`},
		{`f:group("qty"):agg()`, `bad argument #1 to 'agg' (aggregates: table of aggregates such as {hi = {"max", "price"}} expected, got nil)`},
		{`f:group("qty"):agg{}`, "at least one aggregate expected"},
		{`f:group("qty"):agg{x = {"smu", "price"}}`, `column "x": there is no aggregation "smu"; did you mean "sum"?`},
		{`f:group("qty"):agg{x = {"quantile(2)", "price"}}`, `quantile(q) with q from 0 to 1 expected`},
		{`f:group("qty"):agg{x = "sum"}`, `a column or an expression that sum works on expected`},
		{`f:group("qty"):agg{x = {"sum", "prise"}}`, `column "x": unknown column "prise"; did you mean "price"?`},
		{`f:group("qty"):agg{x = {"sum", "price +"}}`, `column "x": expression "price +": `},
		{`f:group("qty"):agg{x = {"sum", "price", "qty"}}`, `an aggregate and a column expected, as in {"max", "price"}, got 3 texts`},
		{`f:group("qty"):agg{qty = {"sum", "price"}}`, `column "qty": the rows are grouped by a column of this name`},
		{`text:group("qty"):agg{x = {"mean", "code"}}`, `column "x": mean of "code": numbers expected, got texts`},
		// Joins.
		{`f:asof(g)`, "bad argument #1 to 'asof' (right: a frame with a time axis expected, got one of the columns qty, n)"},
		{`g:asof(f)`, "calling 'asof' on bad self (frame: a frame with a time axis expected, got one of the columns qty, n)"},
		{`f:asof(1)`, "bad argument #1 to 'asof' (right: frame expected, got 1)"},
		{`f:asof(f:sort("ts", {descending = true}))`, `bad argument #1 to 'asof' (right: the time axis "ts" is not sorted: row 2 has 1970-01-01 08:00:00.000002 after 1970-01-01 08:00:00.000003; sort it first`},
		{`f:asof(f, {direction = "up"})`, `option "direction": unknown direction "up"; there are back, forward, nearest`},
		{`f:asof(f, {suffix = ""})`, `bad argument #2 to 'asof' (opts: option "suffix": two columns have the name "ts")`},
		{`f:asof(f, {by = "price"})`, `bad argument #2 to 'asof' (opts: option "by": columns of texts or of integers expected, got "price" of kind float and of kind float`},
		{`f:asof(f, {by = "x"})`, `option "by": the left frame: unknown column "x"`},
		{`f:asof(f, {within = "3 apples"})`, `option "within": duration`},
		{`f:asof(f, {inside = 1})`, `option "inside": unknown`},
		{`f:window(f, "x", 1, {n = "count"})`, "bad argument #2 to 'window' (from: duration"},
		{`f:window(f, 2, 1, {n = "count"})`, "bad argument #3 to 'window' (to: an end that is not before the beginning of the window expected, got 1)"},
		{`f:window(f, 0, 1)`, "bad argument #4 to 'window' (aggregates: table of aggregates"},
		{`f:window(f, 0, 1, {price = "count"})`, `bad argument #4 to 'window' (aggregates: two columns have the name "price"`},
		{`f:window(g, 0, 1, {n = "count"})`, "bad argument #1 to 'window' (right: a frame with a time axis expected"},
		{`g:window(f, 0, 1, {n = "count"})`, "calling 'window' on bad self (frame: a frame with a time axis expected"},
		{`f:window(f, 0, 1, {x = {"max", "prise"}})`, `bad argument #4 to 'window' (aggregates: column "x": unknown column "prise"; did you mean "price"?)`},
		{`f:window(f, 0, 1, {head = "count"})`, `bad argument #4 to 'window' (aggregates: a column cannot have the name "head"`},
		{`f:window(f, 0, 1, {n = "count"}, {by = "x"})`, `bad argument #5 to 'window' (opts: option "by": the left frame: unknown column "x"`},
		{`f:window(f, 0/0, 1, {n = "count"})`, "bad argument #2 to 'window' (from: duration such as \"3s\" or \"500ms\", or integer microseconds, expected, got nan)"},
		{`f:window(f, 0, 1/0, {n = "count"})`, "bad argument #3 to 'window' (to: duration such as \"3s\" or \"500ms\", or integer microseconds, expected, got inf)"},
		{`f:window(f, 0, 1, {n = "count"}, {prevail = true})`, `option "prevail": unknown`},
		{`f:axis("price")`, `column "price": times or integers expected for a time axis, got a column of kind float`},
		{`f:axis("x")`, `unknown column "x"`},
		// Bars.
		{`db:bars("S", 1, nil, nil)`, "bad argument #5 to 'bars' (width: duration such as"},
		{`db:bars("S", 1, nil, nil, "0s")`, "width above 0 expected"},
		{`db:bars("S", 1, nil, nil, "-5m")`, "width above 0 expected"},
		{`db:bars("S", 1, nil, nil, "5 minutes")`, "bad argument #5 to 'bars' (width: duration such as"},
		{`db:bars("S", 1, nil, nil, "5m", {fill = "zero"})`, `option "fill": "none", "prev" or "nan" expected, got "zero"`},
		{`db:bars("S", 1, nil, nil, 5, {by = "price"})`, `option "by": "time", "qty", "amount" or "count" expected, got "price"`},
		{`db:bars("S", 1, nil, nil, 0, {by = "qty"})`, "number above 0, which ends a bar, expected, got 0"},
		{`db:bars("S", 1, nil, nil, "5m", {session = "moon"})`, `option "session": `},
		{`db:bars("S", 1, nil, nil, "5m", {session = true})`, `option "session": name, file or table of a calendar expected, got boolean`},
		{`db:bars("S", 1, nil, nil, "5m", {zone = "Moon"})`, `option "zone": name of a time zone`},
		{`db:bars("S", 1, nil, nil, "5m", {agg = {x = {"mean", "ask"}}})`, `"ask"`},
		{`db:bars("S", 1, nil, nil, "36h", {session = "cn"})`, "bad argument #5 to 'bars' (width: at most 1d expected with sessions of a calendar, got 36h0m0s)"},
		{`db:bars("S", 1, nil, nil, 1e300, {by = "qty"})`, "bad argument #5 to 'bars' (width: a number above 0, up to 2^62, expected, got 1e+300)"},
		{`db:bars("S", 1, nil, nil, 5, {by = "qty", fill = "prev"})`, `bad argument #6 to 'bars' (opts: option "fill": only bars by time can be filled)`},
		{`db:bars("S", 1, nil, nil, "5m", {sesion = "cn"})`, `bad argument #6 to 'bars' (opts: option "sesion": unknown; did you mean "session"?)`},
		{`db:bars("S", 1, nil, nil, "5m", {session = "chn"})`, `option "session": there is no calendar "chn"; did you mean "cn"?`},
		{`db:bars("S", 1, nil, nil, "5m", {zone = "Asia/Shangai"})`, `bad argument #6 to 'bars' (opts: option "zone": name of a time zone such as "Asia/Shanghai" or "UTC" expected, got "Asia/Shangai")`},
		{`db:bars("S", 1, nil, nil, 0/0)`, "bad argument #5 to 'bars' (width: duration such as"},
		{`db:bars("S", 1, nil, nil, 1/0)`, "bad argument #5 to 'bars' (width: duration such as"},
		{`db:bars("S", 1, nil, nil, "5m", {agg = {close = {"max", "price"}}})`, `option "agg": column "close": bars have a column of this name`},
		{`db:bars("S", 1, nil, nil, "5m", {agg = {head = {"max", "price"}}})`, `option "agg": a column cannot have the name "head"`},
		{`f:bars("5m", {agg = {x = {"mean", "ask"}}})`, `bad argument #2 to 'bars' (opts: option "agg": column "x": unknown column "ask"; there are ts, price, qty)`},
		{`f:bars("5m", {agg = {open = {"mean", "price"}}})`, `option "agg": column "open": bars have a column of this name`},
		{`f:sort("ts", {descending = true}):bars("5m")`, `bars: the time axis "ts" is not sorted: row 2 has`},
		{`f:bars("5m"):bars("3m")`, "does not lie in one"},
		{`ta.atr(f, 3)`, `bad argument #1 to 'atr' (bars: unknown column "high"; there are ts, price, qty)`},
		{`g:bars("5m")`, "bars: a frame with a time axis expected"},
		{`text:select("ts", "code"):bars("5m")`, `unknown column "price"`},
	} {
		err := try(s, c.code)
		if err == nil {
			t.Errorf("%.90s: no error", c.code)
			continue
		}
		message, _, _ := strings.Cut(err.Error(), "\n")
		if !strings.HasPrefix(message, "t.lua:1: ") || !strings.Contains(message, c.want) {
			t.Errorf("%.90s:\n got %.300s\nwant %s", c.code, message, c.want)
		}
	}
}

// TestStopEndsFrames: an operation on a frame ends when the state is stopped, and the script
// cannot go on.
func TestStopEndsFrames(t *testing.T) {
	s := newState(t)
	run(t, s, `
		for i = 1, 3000 do db:put("S", 1, i, 0, ts.pack_value{price = 10000 + i, qty = i}) end
		f = db:ticks("S", 1)
		text = f:with{code = "a"}
		groups = f:group("side")
		fields, merged = db:scan("S", 1, nil, nil, {fields = "price"}), ts.merge(db, {"000001.SZ"})`)
	for _, c := range []struct {
		functions  []Function
		name, code string
	}{
		{Functions, "ticks", `stopped(db, "S", 1)`},
		{Functions, "ticks", `stopped(db, "S", 1, nil, nil, {layout = "p:i4", skip = true})`},
		{Functions, "at", `stopped(db, 5, {"000001.SZ"})`},
		{FrameMethods, "where", `stopped(f, f.price)`},
		{FrameMethods, "where", `stopped(text, {code = "a"})`},
		{FrameMethods, "sort", `stopped(f, "price")`},
		{FrameMethods, "concat", `stopped(f, f)`},
		{FrameMethods, "group", `stopped(f, "qty")`},
		{GroupMethods, "agg", `stopped(groups, {x = {"sum", "price"}})`},
		{FrameMethods, "asof", `stopped(f, f)`},
		{FrameMethods, "window", `stopped(f, f, -1, 1, {x = {"max", "price"}})`},
		{FrameMethods, "describe", `stopped(f)`},
	} {
		returned := false
		s.Globals.SetString("stopped", luavm.NewFunction(c.name, func(call *luavm.Call) {
			call.State().Stop(errStop)
			find(c.functions, c.name).call(call)
			returned = true
		}).Value())
		err := try(s, `pcall(function() `+c.code+` end) after = true`)
		if !errors.Is(err, errStop) || returned || !s.Globals.GetString("after").IsNil() {
			t.Errorf("%s: error %v, returned %v", c.code, err, returned)
		}
		s.Resume()
	}
}

// TestStopEndsLoopsOverFields: a loop over a scan of fields or over a merge ends, too.
func TestStopEndsLoopsOverFields(t *testing.T) {
	for _, loop := range []string{`db:scan("S", 1, nil, nil, {fields = "price"})`, `ts.merge(db, {"000001.SZ"})`, `f:each("ts")`, `f:rows()`} {
		s := newFrameState(t)
		n := 0
		s.Globals.SetString("stop", luavm.NewFunction("stop", func(call *luavm.Call) {
			n++
			call.State().Stop(errStop)
			call.Return()
		}).Value())
		if err := try(s, `pcall(function() for _ in `+loop+` do stop() end end)`); !errors.Is(err, errStop) || n != 1 {
			t.Errorf("%s: error %v after %d rows", loop, err, n)
		}
		s.Resume()
	}
}

// TestMemoryLimitEndsFrames: a frame for which there is no room is an error, and the memory
// of those that a script holds counts once.
func TestMemoryLimitEndsFrames(t *testing.T) {
	s := newState(t)
	run(t, s, `
		local record = ts.pack_value{price = 1, qty = 1}
		for i = 1, 50000 do db:put("S", 1, i, 0, record) end`)
	before := s.Memory()
	run(t, s, `f = db:ticks("S", 1, nil, nil, {fields = "price"}) p = f.price h = f:head(40000) w = f:with{q = f.price}`)
	const size = 50000 * 2 * 8
	if grown := s.Memory() - before; grown < size || grown > size+size/10 {
		t.Errorf("a frame of %d bytes and its parts take %d bytes", size, grown)
	}
	for _, code := range []string{
		`return db:ticks("S", 1)`, `return f:sort("price")`, `return f:concat(f, f, f)`, `return f:with{a = {1}, b = f:concat(f, f, f).price}`,
		`return f:asof(f)`, `return f:window(f, -5, 5, {x = {"std", "price"}, y = {"median", "price"}})`, `return f:group("ts")`,
	} {
		exceeded := false
		s.AskMemory()
		run(t, s, `local function measured() end measured()`)
		s.LimitMemory(s.Memory()+600<<10, func(int64) {
			exceeded = true
			s.Stop(errStop)
		})
		err := try(s, code)
		if err == nil || !exceeded && !strings.Contains(err.Error(), luavm.NoRoom) {
			t.Errorf("%s: error %v", code, err)
		}
		s.LimitMemory(0, nil)
		s.Resume()
	}
}

// TestFrameColumnsAreSeries: a column of numbers is a series with the axis of the frame, which
// shares its memory.
func TestFrameColumnsAreSeries(t *testing.T) {
	s := newFrameState(t)
	run(t, s, `price, n, same = f.price, g.n, rawequal(f.price, f.price)`)
	price, ok := Series(s.Globals.GetString("price"))
	if !ok || len(price.Values) != 3 || price.Values[2] != 3 || len(price.Times) != 3 || price.Times[0] != 1 {
		t.Errorf("the column price is %+v", price)
	}
	if n, ok := Series(s.Globals.GetString("n")); !ok || n.Times != nil {
		t.Errorf("the column of a frame without an axis is %+v", n)
	}
	if s.Globals.GetString("same") != luavm.True {
		t.Error("a column is another series each time")
	}
	if f := Frame(s.Globals.GetString("f")); f == nil || f.Rows() != 3 {
		t.Error("Frame does not return the frame")
	}
	if Frame(s.Globals.GetString("db")) != nil {
		t.Error("a database is no frame")
	}
}
