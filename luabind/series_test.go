package luabind

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"microts/internal/luavm"
	"microts/internal/series"
)

// TestSeries runs testdata/series. Each file says what series and ta promise.
func TestSeries(t *testing.T) { runFiles(t, "testdata/series", newLuaState) }

// TestBadSeries: an error begins with file and line and says what was expected and what came.
func TestBadSeries(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`series.new()`, "bad argument #1 to 'new' (values: series or table of numbers expected, got nil)"},
		{`series.new{1, "a"}`, `bad argument #1 to 'new' (values: value 2: number expected, got "a")`},
		{`series.new({1}, {1, 2})`, "bad argument #2 to 'new' (times: lengths differ: 1 and 2)"},
		{`series.new({1}, {1.5})`, "bad argument #2 to 'new' (times: time 1: integer microseconds expected, got 1.5)"},
		{`series.nw{1}`, `series has no "nw"; did you mean "new"?`},
		{`x:meen()`, `series has no "meen"; did you mean "mean"?`},
		{`x[1] = 2`, "a series does not change: make another one, as x:where(mask, y) does"},
		{`return x + "1"`, `operator +: series or number expected, got "1"`},
		{`return nil < x`, "operator <: series or number expected, got nil"},
		{`return x * short`, "operator *: lengths differ: 3 and 1"},
		{`return timed + later`, "operator +: the time axes differ: row 2 has 20 µs in one and 21 µs in the other; join them first"},
		{`if x > 1 then end`, "a comparison of series is a mask, neither true nor false: ask it with :all() or :any()"},
		{`x.mean(3)`, "calling 'mean' on bad self (x: series expected, got 3)"},
		{`x:shift(1.5)`, "bad argument #1 to 'shift' (n: integer -2147483647..2147483647 expected, got 1.5)"},
		{`x:clip("a")`, `bad argument #1 to 'clip' (low: number expected, got "a")`},
		{`x:where(short)`, "bad argument #1 to 'where' (mask: lengths differ: 3 and 1)"},
		{`x:where(x, short)`, "bad argument #2 to 'where' (other: lengths differ: 3 and 1)"},
		{`x:where(x, "a")`, `bad argument #2 to 'where' (other: series, table of numbers or number expected, got "a")`},
		{`x:where(1)`, "bad argument #1 to 'where' (mask: series or table of numbers expected, got 1)"},
		{`x:fill("next")`, `bad argument #1 to 'fill' (with: number or "prev" expected, got "next")`},
		{`x:std(-1)`, "bad argument #1 to 'std' (ddof: integer 0..1000 expected, got -1)"},
		{`x:quantile(1.1)`, "bad argument #1 to 'quantile' (q: number 0..1 expected, got 1.1)"},
		{`x:corr(short)`, "bad argument #1 to 'corr' (y: lengths differ: 3 and 1)"},
		{`x:eq()`, "bad argument #1 to 'eq' (y: series, table of numbers or number expected, got no value)"},
		{`x:roll()`, `bad argument #1 to 'roll' (window: number of rows or time such as "30s" expected, got no value)`},
		{`x:roll(0)`, "bad argument #1 to 'roll' (window: integer 1..2147483647 expected, got 0)"},
		{`x:roll(-3)`, "bad argument #1 to 'roll' (window: integer 1..2147483647 expected, got -3)"},
		{`x:roll("2 weeks")`, `bad argument #1 to 'roll' (window: a time such as "30s", "5m" or "1d" expected, got "2 weeks")`},
		{`x:roll("2s")`, "bad argument #1 to 'roll' (window: the series has no time axis, which a window of time needs)"},
		{`unsorted:roll("2s")`, "bad argument #1 to 'roll' (window: the times of the series do not ascend, which a window of time needs)"},
		{`x:roll(2, {mni = 1})`, `bad argument #2 to 'roll' (opts: option "mni": unknown; did you mean "min"?)`},
		{`x:roll(2, {min = 3})`, `bad argument #2 to 'roll' (opts: option "min": integer 1..2 expected, got 3)`},
		{`x:roll(0/0)`, "bad argument #1 to 'roll' (window: integer 1..2147483647 expected, got nan)"},
		{`x:roll(1/0)`, "bad argument #1 to 'roll' (window: integer 1..2147483647 expected, got inf)"},
		{`x:roll("0s")`, `bad argument #1 to 'roll' (window: a time such as "30s", "5m" or "1d" expected, got "0s")`},
		{`x:roll("-1s")`, `bad argument #1 to 'roll' (window: a time such as "30s", "5m" or "1d" expected, got "-1s")`},
		{`x:roll("1w")`, `bad argument #1 to 'roll' (window: a time such as "30s", "5m" or "1d" expected, got "1w")`},
		{`x:roll(2, {min = 0})`, `bad argument #2 to 'roll' (opts: option "min": integer 1..2 expected, got 0)`},
		{`x:roll(2):std(0/0)`, "bad argument #1 to 'std' (ddof: integer 0..1000 expected, got nan)"},
		{`x:roll(2):quantile(0/0)`, "bad argument #1 to 'quantile' (q: number 0..1 expected, got nan)"},
		{`x:shift(0/0)`, "bad argument #1 to 'shift' (n: integer -2147483647..2147483647 expected, got nan)"},
		{`x:roll(2):avg()`, `roll has no "avg"; there are mean, sum, std,`},
		{`x:roll(2):corr(short)`, "bad argument #1 to 'corr' (y: lengths differ: 3 and 1)"},
		{`x:roll(2):quantile(2)`, "bad argument #1 to 'quantile' (q: number 0..1 expected, got 2)"},
		{`x.roll(x, 2).mean(x)`, "calling 'mean' on bad self (roll: what roll returned expected, got series)"},
		{`x:ewm{}`, "bad argument #1 to 'ewm' (opts: table of options with one of span, alpha, com and halflife expected, got table)"},
		{`x:ewm{span = 2, com = 1}`, "bad argument #1 to 'ewm' (opts: table of options with one of span, alpha, com and halflife expected, got table)"},
		{`x:ewm{span = 0}`, `bad argument #1 to 'ewm' (opts: option "span": number from 1 on expected, got 0)`},
		{`x:ewm{alpha = 2}`, `bad argument #1 to 'ewm' (opts: option "alpha": number above 0, up to 1, expected, got 2)`},
		{`x:ewm{alpha = .5, adjust = 1}`, `bad argument #1 to 'ewm' (opts: option "adjust": true or false expected, got 1)`},
		{`x:ewm{span = 1/0}`, `option "span": number from 1 on expected, got inf`},
		{`x:ewm{com = 1/0}`, `option "com": number from 0 on expected, got inf`},
		{`x:ewm{halflife = 1/0}`, `option "halflife": number above 0 expected, got inf`},
		{`x:ewm{alpha = 0/0}`, `option "alpha": number above 0, up to 1, expected, got nan`},
		{`x:ewm{spann = 2}`, `bad argument #1 to 'ewm' (opts: option "spann": unknown; did you mean "span"?)`},

		{`ta.rsj()`, `ta has no "rsj"; did you mean "rsi"?`},
		{`ta.sma(nil, 3)`, "bad argument #1 to 'sma' (close: series or table of numbers expected, got nil)"},
		{`ta.sma("x", 3)`, `bad argument #1 to 'sma' (close: series or table of numbers expected, got "x")`},
		{`ta.sma(x, 0)`, "bad argument #2 to 'sma' (n: integer 1..100000 expected, got 0)"},
		{`ta.sma(x, -1)`, "bad argument #2 to 'sma' (n: integer 1..100000 expected, got -1)"},
		{`ta.sma(2.5)`, "bad argument #1 to 'sma' (n: integer 1..100000 expected, got 2.5)"},
		{`ta.sma(x, "3")`, `bad argument #2 to 'sma' (n: number expected, got "3")`},
		{`ta.sma(x, 3, 4)`, "sma: 2 arguments at most expected, got 3"},
		{`ta.adx(5, 5)`, "adx: 1 argument at most expected, got 2"},
		{`ta.sma(x, 0/0)`, "bad argument #2 to 'sma' (n: integer 1..100000 expected, got nan)"},
		{`ta.sma(x, 1/0)`, "bad argument #2 to 'sma' (n: integer 1..100000 expected, got inf)"},
		{`ta.sma(x, 100001)`, "bad argument #2 to 'sma' (n: integer 1..100000 expected, got 100001)"},
		{`ta.boll(x, 5, 0/0)`, "bad argument #3 to 'boll' (up: number -1000000..1000000 expected, got nan)"},
		{`ta.sar(x, x, -1)`, "bad argument #3 to 'sar' (acceleration: number 0..1000000 expected, got -1)"},
		{`ta.macd(x, {fst = 3})`, `bad argument #2 to 'macd' (parameters: option "fst": unknown; did you mean "fast"?)`},
		{`ta.macd{slow = 0}`, `bad argument #1 to 'macd' (parameters: option "slow": integer 1..100000 expected, got 0)`},
		{`ta.atr(x, x)`, "bad argument #3 to 'atr' (close: series or table of numbers expected, got nil)"},
		{`ta.atr(x, x, short)`, "bad argument #3 to 'atr' (close: high and close: lengths differ: 3 and 1)"},
		{`ta.atr({high = x, low = x}, 3)`, "bad argument #1 to 'atr' (bars: column close: series or table of numbers expected, got nil)"},
		{`ta.sma(3):push()`, "bad argument #1 to 'push' (close: number expected, got no value)"},
		{`ta.kdj():push(1, 2, "3")`, `bad argument #3 to 'push' (close: number expected, got "3")`},
		{`ta.sma(3):push(1, 2)`, "push: ta.sma takes close, got 2 values"},
		{`ta.sma(3).push(x)`, "calling 'push' on bad self (op: operator of ta expected, got series)"},
		{`ta.sma(3):pull()`, `operator has no "pull"; did you mean "push"?`},
	} {
		s := newLuaState(t)
		run(t, s, `x, short = series.new{1, 2, 3}, series.new{1}
			timed, later, unsorted = series.new({1, 2}, {10, 20}), series.new({1, 2}, {10, 21}), series.new({1, 2}, {2, 1})`)
		err := try(s, c.code)
		if err == nil {
			t.Errorf("%s: no error", c.code)
			continue
		}
		message, _, _ := strings.Cut(err.Error(), "\n")
		if !strings.HasPrefix(message, "t.lua:1: ") || !strings.Contains(message, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.code, message, c.want)
		}
	}
}

// TestStopEndsSeries: each operation that goes over all rows ends when the state is stopped.
func TestStopEndsSeries(t *testing.T) {
	s := newLuaState(t)
	run(t, s, `local v, times = {}, {}
		for i = 1, 40000 do v[i], times[i] = i * 7919 % 1000, i end
		x = series.new(v, times)
		roll, ewm = x:roll(20), x:ewm{span = 20}`)
	args := map[string]string{
		"clip": ", 1, 2", "where": ", x", "fill": ", 1", "eq": ", x", "ne": ", 1", "quantile": ", 0.5", "corr": ", x", "cov": ", x",
	}
	short := []string{"times", "slice", "shift", "all", "any", "roll", "ewm"} // nothing to stop
	for _, of := range []struct {
		methods []Function
		self    string
	}{{SeriesMethods, "x"}, {RollMethods, "roll"}, {EwmMethods, "ewm"}, {IndicatorFunctions, ""}} {
		for _, f := range of.methods {
			if of.self == "x" && slices.Contains(short, f.Name) {
				continue
			}
			call := "stopped(" + of.self + args[f.Name] + ")"
			if of.self == "" {
				call = "stopped({close = x, high = x, low = x, volume = x})"
			}
			returned := false
			s.Globals.SetString("stopped", luavm.NewFunction(f.Name, func(c *luavm.Call) {
				c.State().Stop(errStop)
				f.call(c)
				returned = true
			}).Value())
			if err := try(s, `pcall(function() `+call+` end) after = true`); !errors.Is(err, errStop) || returned || !s.Globals.GetString("after").IsNil() {
				t.Errorf("%s: error %v, returned %v", f.Usage(), err, returned)
			}
			s.Resume()
		}
	}
}

// TestMemoryOfSeries: the limit of memory counts series, and each once.
func TestMemoryOfSeries(t *testing.T) {
	const rows = 100_000
	s := newLuaState(t)
	s.Globals.SetString("x", ofState(s).newSeries(series.Series{Values: make([]float64, rows)}))
	before := s.Memory()
	run(t, s, `y = x:slice(1) z = x:roll(3) w = x + 1`)
	if grown := s.Memory() - before; grown < numberSize*rows || grown > numberSize*rows+10_000 {
		t.Errorf("w = x + 1 takes %d bytes", grown)
	}
	for _, code := range []string{`return x * x`, `return x:rank()`, `return x:median()`, `return x:roll(50000):mean()`, `return ta.sma(x)`, `return x:table()`, `return ta.sma(100000)`} {
		exceeded := false
		s.LimitMemory(numberSize*rows-1, func(int64) {
			exceeded = true
			s.Stop(errStop)
		})
		if err := try(s, code); err == nil || !exceeded && !strings.Contains(err.Error(), luavm.NoRoom) {
			t.Errorf("%s: error %v", code, err)
		}
		s.LimitMemory(0, nil)
		s.Resume()
	}
}

// TestSeriesOfGo: Go code makes a series and gets it back, with the same slices.
func TestSeriesOfGo(t *testing.T) {
	s := newLuaState(t)
	x := series.Series{Values: []float64{1, 2}, Times: []int64{10, 20}}
	s.Globals.SetString("x", ofState(s).newSeries(x))
	run(t, s, `assert(x[2] == 2 and x:times()[2] == 20) y = x`)
	if y, ok := Series(s.Globals.GetString("y")); !ok || &y.Values[0] != &x.Values[0] || &y.Times[0] != &x.Times[0] {
		t.Errorf("%v, %v", y, ok)
	}
	if _, ok := Series(s.Globals.GetString("ta")); ok {
		t.Error("a table is a series")
	}
}

// TestPushOfOperatorAllocatesNothing: a row of an operator makes no object of Go.
func TestPushOfOperatorAllocatesNothing(t *testing.T) {
	const rows = 2000
	for _, code := range []string{`local op = ta.rsi(14) return op:push(i)`, `local op = ta.macd() return op:push(i)`, `local op = ta.atr(14) return op:push(i + 1, i - 1, i)`} {
		s := newLuaState(t)
		prepare, push, _ := strings.Cut(code, " return ")
		chunk, err := s.Load([]byte(prepare+" return function() for i = 1, 2000 do local _ = "+push+" end end"), "=loop", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		loop, err := s.Call(chunk.Value())
		if err != nil {
			t.Fatal(err)
		}
		f := loop[0]
		if n := testing.AllocsPerRun(5, func() {
			if _, err := s.Call(f); err != nil {
				t.Fatal(err)
			}
		}); n > rows/100 {
			t.Errorf("%s: %v allocations in %d rows", code, n, rows)
		}
	}
}
