package repl

import (
	"strings"
	"testing"
)

// TestFrames: frames and bars are tables with readable times.
func TestFrames(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range []struct{ text, want string }{
		{`f = db:ticks("S", 600000, nil, nil, {fields = "price,qty,side"})`, ""},
		{`f:head(2)`, `                 ts  price  qty  side
2023-11-14 09:30:00  10.00    0     1
2023-11-14 09:30:01  10.01    1     1
2 rows x 4 columns
`},
		{`f:group("side"):agg{n = "count", hi = {"max", "price"}}`, `side    n     hi
   1  100  10.99
1 row x 3 columns
`},
		{`{f:head(1)}`, "{ <frame: 1 row x 4 columns> }\n"},
		{`f:head(0)`, "ts  price  qty  side\n0 rows x 4 columns\n"},
		{`.bars S 600000 1m 2023-11-15`, "no ticks of S:600000 there; it has ticks from 2023-11-14 09:30:00 to 2023-11-14 09:31:39\n"},
		{`.bars S 600000`, "usage: .bars [INSTRUMENT] WIDTH [DAY | FROM TO]; a width is such as 1s, 5m, 1h or 1d\n"},
		{`.bars --format csv 1h SH600000 2023-11-14`, "start,start_when,stop,stop_when,open,high,low,close,qty,amount,vwap,count,complete\n1699925400000000,2023-11-14 09:30:00.000000,1699929000000000,2023-11-14 10:30:00.000000,10,10.99,10,10.99,4950,52783.5,10.663333333333,100,false\n"},
		{`.show --format json f:tail(1):with{code = "600000", none = 0/0}`, "[\n{\"ts\":1699925499000000,\"ts_when\":\"2023-11-14 09:31:39.000000\",\"price\":10.99,\"qty\":99,\"side\":1,\"code\":\"600000\"}\n]\n"},
	} {
		if got := typed(r, buf, c.text); got != strings.TrimRight(c.want, "\n") {
			t.Errorf("%s:\n%s\nnot\n%s", c.text, got, c.want)
		}
	}
	bars := typed(r, buf, `.bars S 600000 1m`)
	for _, want := range []string{
		"S:600000\n",
		"start                 stop  open   high   low  close   qty   amount       vwap  count  complete",
		"2023-11-14 09:30:00  2023-11-14 09:31:00  10.0  10.59  10.0  10.59  1770  18402.1  10.396667     60      true",
		"2023-11-14 09:31:00  2023-11-14 09:32:00  10.6  10.99  10.6  10.99  3180",
		"     40     false\n2 rows x 11 columns",
	} {
		if !strings.Contains(bars, want) {
			t.Errorf(".bars: %s\nwithout %s", bars, want)
		}
	}
	// A long frame is shortened, unless it is shown whole.
	if got := typed(r, buf, `f`); strings.Count(got, "\n") != 23 || !strings.Contains(got, "...") || !strings.Contains(got, "(shortened: pp(_) shows all)") {
		t.Errorf("a long frame: %s", got)
	}
	if got := typed(r, buf, `pp(f)`); strings.Count(got, "\n") != 101 {
		t.Errorf("a whole frame: %s", got)
	}
}

// TestCandidatesOfFrames: Tab offers the columns and the methods of a frame.
func TestCandidatesOfFrames(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `f = db:ticks("S", 600000, nil, nil, {fields = "price,qty"})`)
	typed(r, buf, `named = f:with{name = "a"} b = f:bars("1m") x = f.price g = f:group() d = {f = f}`)
	for text, want := range map[string]string{
		"f.p": "price", "f:as": "asof", "f.wi": "window with", "f:pri": "",
		// methods of what stands before, without a call of it
		"f.price:ro": "roll", "x:ro": "roll", "x:ew": "ewm", "d.f.price:ro": "roll", "named.name:ro": "", "g:ag": "agg",
		`f:bars("5m"):as`:                            "asof",
		"print(f:head(3).price:ro":                   "roll",
		"f.price:roll(5):me":                         "mean median",
		"f.price:ewm{span = (3)}:m":                  "mean",
		"f.price:mean():":                            "",
		`f:group("side"):f`:                          "frames",
		`db:bars("S", 600000, nil, nil, "1m").cl:ro`: "roll",
		`ts.calendar "cn":ses`:                       "sessions",
		"ta.rsi(x, 5):des":                           "describe",
		`ts.open("data"):scan`:                       "scan",
		`("a"):re`:                                   "",
		"nothing():m":                                "",
	} {
		_, all := r.candidates(text)
		var names []string
		for _, c := range all {
			if c.help == "" {
				t.Errorf("%s has no help", c.text)
			}
			names = append(names, c.text)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}
