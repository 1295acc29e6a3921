package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/internal/series"
)

// Names under which a script finds the modules of series and indicators.
const (
	SeriesName     = "series"
	IndicatorsName = "ta"
)

// The first arguments of the methods of series, of what roll and ewm return, and of the
// operators of indicators.
const (
	seriesArg   = "x"
	rollArg     = "roll"
	ewmArg      = "ewm"
	operatorArg = "op"
)

// SeriesFunctions are the functions of the module series.
var SeriesFunctions = []Function{
	define(&newSeriesSig, newSeriesOf, false, "series", "Makes a series of a table of numbers. `times` is its time axis, a table or series of µs, which `roll(\"30s\")` needs."),
}

var newSeriesSig = newSignature("new", "values", "times?")

func newSeriesOf(c *luavm.Call) {
	s := &newSeriesSig
	x := s.series(c, 1)
	if times := s.timesArg(c, 2); times != nil {
		if len(times) != x.Len() {
			s.throw(c, &argError{2, &series.LengthError{X: x.Len(), Y: len(times)}})
		}
		x.Times = times
	}
	returnSeries(c, x)
}

// seriesMethod returns a method of series. args are those after the series itself.
func seriesMethod(name string, args []string, returns, help string, body func(s *signature, c *luavm.Call, x series.Series)) Function {
	sig := newSignature(name, append([]string{seriesArg}, args...)...)
	return define(&sig, func(c *luavm.Call) {
		x, ok := Series(c.Arg(1))
		if !ok {
			sig.bad(c, 1, "series")
		}
		body(&sig, c, x)
	}, true, returns, help)
}

// rowMethod returns a method that gives a series.
func rowMethod(name, help string, do func(series.Calc, series.Series) series.Series) Function {
	return seriesMethod(name, nil, "series", help, func(_ *signature, c *luavm.Call, x series.Series) { returnSeries(c, do(calc(c), x)) })
}

// lagMethod returns a method whose argument is a number of rows.
func lagMethod(name, help string, preset int, do func(c series.Calc, x series.Series, n int) series.Series) Function {
	return seriesMethod(name, []string{fmt.Sprintf("n=%d?", preset)}, "series", help, func(s *signature, c *luavm.Call, x series.Series) {
		returnSeries(c, do(calc(c), x, s.rowsArg(c, 2, preset)))
	})
}

// compareMethod returns a method that compares.
func compareMethod(name, help string, op series.Op) Function {
	return seriesMethod(name, []string{"y"}, "mask", help, func(s *signature, c *luavm.Call, x series.Series) {
		z, err := calc(c).Binary(op, x.Operand(), s.operandArg(c, 2))
		if err != nil {
			s.throw(c, &argError{2, err})
		}
		returnSeries(c, z)
	})
}

// numberMethod returns a method that gives a number.
func numberMethod(name, help string, do func(series.Calc, series.Series) float64) Function {
	return seriesMethod(name, nil, "number", help, func(_ *signature, c *luavm.Call, x series.Series) { c.Return(luavm.Number(do(calc(c), x))) })
}

// spreadMethod returns a method with the argument ddof.
func spreadMethod(name, help string, do func(c series.Calc, x series.Series, ddof int) float64) Function {
	return seriesMethod(name, []string{"ddof=1?"}, "number", help, func(s *signature, c *luavm.Call, x series.Series) {
		c.Return(luavm.Number(do(calc(c), x, s.wholeArg(c, 2, 1, 0, mostDDOF))))
	})
}

// mostDDOF is the greatest ddof.
const mostDDOF = 1000

// pairMethod returns a method of two series that gives a number.
func pairMethod(name, help string, do func(c series.Calc, x, y series.Series) (float64, error)) Function {
	return seriesMethod(name, []string{"y"}, "number", help, func(s *signature, c *luavm.Call, x series.Series) {
		v, err := do(calc(c), x, s.series(c, 2))
		if err != nil {
			s.throw(c, &argError{2, err})
		}
		c.Return(luavm.Number(v))
	})
}

// truthMethod returns a method that asks a mask.
func truthMethod(name, help string, of func(v float64) (decides, result bool), otherwise bool) Function {
	return seriesMethod(name, nil, "boolean", help, func(_ *signature, c *luavm.Call, x series.Series) {
		for _, v := range x.Values {
			if decides, result := of(v); decides {
				c.Return(luavm.Bool(result))
				return
			}
		}
		c.Return(luavm.Bool(otherwise))
	})
}

// holds reports whether a value of a mask is neither 0 nor missing.
func holds(v float64) bool { return v != 0 && v == v }

// SeriesMethods are the methods of series, in the order in which a user learns them.
var SeriesMethods = []Function{
	seriesMethod("table", nil, "table", "Returns the values as a table.", tableOfSeries),
	seriesMethod("times", nil, "series or nil", "Returns the times of the rows in µs, nil if there is no time axis.", timesOfSeries),
	seriesMethod("slice", []string{"from?", "to?"}, "series", "Returns the rows from one to another, both included. Negative numbers count from the end, as in `string.sub`.", sliceOfSeries),

	lagMethod("shift", "Moves the values down by `n` rows, up if `n` is negative.", 1, series.Calc.Shift),
	lagMethod("diff", "Returns how much each row is above the row `n` rows before.", 1, series.Calc.Diff),
	lagMethod("pct", "Returns by which part each row is above the row `n` rows before: 0.01 is 1 %.", 1, series.Calc.Pct),
	rowMethod("cumsum", "Returns the sum of the rows up to each row.", series.Calc.CumSum),
	rowMethod("cummax", "Returns the greatest of the rows up to each row.", series.Calc.CumMax),
	rowMethod("cummin", "Returns the least of the rows up to each row.", series.Calc.CumMin),
	rowMethod("rank", "Returns the rank of each value, from 1 for the least. Equal values share the mean of their ranks.", series.Calc.Rank),
	rowMethod("abs", "Returns the absolute values.", series.Calc.Abs),
	rowMethod("log", "Returns the natural logarithms.", series.Calc.Log),
	rowMethod("exp", "Returns the powers of e.", series.Calc.Exp),
	seriesMethod("clip", []string{"low?", "high?"}, "series", "Returns the values, `low` in place of those below it and `high` in place of those above. nil is no limit.", clipSeries),
	seriesMethod("where", []string{"mask", "other=nan?"}, "series", "Returns the values where the mask is not 0, and in the other rows those of `other`, a series or a number.", whereSeries),
	seriesMethod("fill", []string{"with"}, "series", "Returns the values, with another one in place of NaN: a number, or with `\"prev\"` the last one before.", fillSeries),
	rowMethod("isnan", "Returns the mask of the rows that are NaN.", series.Calc.IsNaN),
	compareMethod("eq", "Compares for equality. `==` asks only whether both are the same series.", series.Eq),
	compareMethod("ne", "Compares for inequality.", series.Ne),

	truthMethod("all", "Says whether no row is 0 or NaN.", func(v float64) (bool, bool) { return !holds(v), false }, true),
	truthMethod("any", "Says whether a row is neither 0 nor NaN.", func(v float64) (bool, bool) { return holds(v), true }, false),
	numberMethod("count", "Returns how many rows are not NaN.", func(c series.Calc, x series.Series) float64 { return float64(c.Count(x)) }),
	numberMethod("mean", "Returns the mean.", series.Calc.Mean),
	numberMethod("sum", "Returns the sum.", series.Calc.Sum),
	spreadMethod("std", "Returns the standard deviation. The divisor is the number of values less `ddof`.", series.Calc.Std),
	spreadMethod("var", "Returns the variance. The divisor is the number of values less `ddof`.", series.Calc.Var),
	numberMethod("min", "Returns the least value.", series.Calc.Min),
	numberMethod("max", "Returns the greatest value.", series.Calc.Max),
	numberMethod("median", "Returns the median.", series.Calc.Median),
	seriesMethod("quantile", []string{"q"}, "number", "Returns the value below which the part `q` of the values lies, on the line between the two nearest.", quantileOfSeries),
	pairMethod("corr", "Returns the correlation with another series.", series.Calc.Corr),
	pairMethod("cov", "Returns the covariance with another series.", series.Calc.Cov),
	numberMethod("skew", "Returns the skewness, without bias.", series.Calc.Skew),
	numberMethod("kurt", "Returns the excess kurtosis, without bias.", series.Calc.Kurt),
	seriesMethod("describe", nil, "table", "Returns a table of measures: `count`, `mean`, `std`, `min`, `q25`, `median`, `q75`, `max`.", describeSeries),

	seriesMethod("roll", []string{"window", "opts?"}, "roll", "Returns the moving windows of so many rows, or of a time such as `\"30s\"`. Its methods give a series. Options: `min`.", rollOfSeries),
	seriesMethod("ewm", []string{"opts"}, "ewm", "Returns windows with weights that fall from row to row. Options: `span`, `alpha`, `com`, `halflife`, `adjust`, `min`.", ewmOfSeries),
}

func tableOfSeries(_ *signature, c *luavm.Call, x series.Series) {
	const valueSize = 16
	c.Room(valueSize * x.Len())
	t := luavm.NewTable(x.Len(), 0)
	for i, v := range x.Values {
		t.SetInt(i+1, luavm.Number(v))
		if i%growStep == 0 {
			c.CheckStop()
		}
	}
	c.Return(t.Value())
}

func timesOfSeries(_ *signature, c *luavm.Call, x series.Series) {
	if x.Times == nil {
		c.Return(luavm.Nil)
		return
	}
	c.Room(numberSize * x.Len())
	z := make([]float64, x.Len())
	for i, t := range x.Times {
		z[i] = float64(t)
	}
	returnSeries(c, series.Series{Values: z, Times: x.Times})
}

func sliceOfSeries(s *signature, c *luavm.Call, x series.Series) {
	n := x.Len()
	place := func(i, preset int) int {
		at := s.rowsArg(c, i, preset)
		if at < 0 {
			at += n + 1
		}
		return at
	}
	from, to := max(place(2, 1), 1), min(place(3, -1), n)
	if from > to {
		from, to = 1, 0
	}
	returnSeries(c, x.Slice(from-1, to))
}

func clipSeries(s *signature, c *luavm.Call, x series.Series) {
	returnSeries(c, calc(c).Clip(x, s.boundArg(c, 2), s.boundArg(c, 3)))
}

func whereSeries(s *signature, c *luavm.Call, x series.Series) {
	mask, other := s.series(c, 2), series.Number(math.NaN())
	if _, err := series.Axis(x, mask); err != nil {
		s.throw(c, &argError{2, err})
	}
	if !c.Arg(3).IsNil() {
		other = s.operandArg(c, 3)
	}
	z, err := calc(c).Where(x, mask, other)
	if err != nil {
		s.throw(c, &argError{3, err})
	}
	returnSeries(c, z)
}

func fillSeries(s *signature, c *luavm.Call, x series.Series) {
	switch v := c.Arg(2); {
	case isText(v, "prev"):
		returnSeries(c, calc(c).FillPrev(x))
	case v.IsNumber():
		returnSeries(c, calc(c).Fill(x, v.Float()))
	default:
		s.bad(c, 2, `number or "prev"`)
	}
}

func quantileOfSeries(s *signature, c *luavm.Call, x series.Series) {
	c.Return(luavm.Number(calc(c).Quantile(x, s.partArg(c, 2))))
}

func describeSeries(_ *signature, c *luavm.Call, x series.Series) {
	d := calc(c).Describe(x)
	t := luavm.NewTable(0, 8)
	for _, f := range []struct {
		name string
		v    float64
	}{{"count", float64(d.Count)}, {"mean", d.Mean}, {"std", d.Std}, {"min", d.Min}, {"q25", d.Q25}, {"median", d.Median}, {"q75", d.Q75}, {"max", d.Max}} {
		t.SetString(f.name, luavm.Number(f.v))
	}
	c.Return(t.Value())
}
