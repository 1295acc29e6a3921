package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/internal/series"
)

// rollValue is what x:roll returns, as the value of a userdata.
type rollValue struct {
	seriesHolder
	window series.Window
}

// ewmValue is what x:ewm returns, as the value of a userdata.
type ewmValue struct {
	seriesHolder
	window series.EwmWindow
}

// String returns what tostring does.
func (r *rollValue) String() string {
	return fmt.Sprintf("windows of %s over a series of %d", r.window, r.x.Len())
}

// String returns what tostring does.
func (e *ewmValue) String() string {
	return fmt.Sprintf("weights with alpha %.6g over a series of %d", e.window.Alpha, e.x.Len())
}

// seriesHolder counts the memory of a series.
type seriesHolder struct{ x series.Series }

// EachMemory implements luavm.MemorySharer.
func (h *seriesHolder) EachMemory(count func(at *byte, bytes int64) (first bool)) { h.x.Memory(count) }

func rollOfSeries(s *signature, c *luavm.Call, x series.Series) {
	w := series.Window{}
	switch v := c.Arg(2); {
	case v.IsNumber():
		w.Rows = s.wholeArg(c, 2, 0, 1, series.MostRows)
	case v.IsString():
		span, err := series.ParseSpan(v.Text())
		if err != nil {
			s.throw(c, &argError{2, err})
		}
		w.Span = span
	default:
		s.bad(c, 2, `number of rows or time such as "30s"`)
	}
	s.eachOption(c, 3, func(name string, v luavm.Value) error {
		if name != "min" {
			return unknownName(name, "min")
		}
		return minOption(v, w.Rows, &w.Min)
	})
	if err := calc(c).CheckWindow(x, w); err != nil {
		s.throw(c, &argError{2, err})
	}
	c.Return(luavm.NewUserData(&rollValue{seriesHolder{x}, w}, moduleOf(c).rollMethods))
}

// minOption reads the option min, up to most, which is 0 if there is no limit.
func minOption(v luavm.Value, most int, least *int) error {
	if most == 0 {
		most = series.MostRows
	}
	f := v.Float()
	if !v.IsNumber() || f != math.Trunc(f) || f < 1 || f > float64(most) {
		return expected(fmt.Sprintf("integer 1..%d", most), v)
	}
	*least = int(f)
	return nil
}

func ewmOfSeries(s *signature, c *luavm.Call, x series.Series) {
	w := series.EwmWindow{Adjust: true}
	var given []string
	s.eachOption(c, 2, func(name string, v luavm.Value) error {
		f := v.Float()
		weight := func(want string, fits bool, alpha float64) error {
			if !v.IsNumber() || !fits {
				return expected(want, v)
			}
			given = append(given, name)
			w.Alpha = alpha
			return nil
		}
		switch name {
		case "span":
			return weight("number from 1 on", f >= 1 && !math.IsInf(f, 1), series.AlphaOfSpan(f))
		case "alpha":
			return weight("number above 0, up to 1,", f > 0 && f <= 1, f)
		case "com":
			return weight("number from 0 on", f >= 0 && !math.IsInf(f, 1), series.AlphaOfCOM(f))
		case "halflife":
			return weight("number above 0", f > 0 && !math.IsInf(f, 1), series.AlphaOfHalfLife(f))
		case "adjust":
			if v != luavm.True && v != luavm.False {
				return expected("true or false", v)
			}
			w.Adjust = v == luavm.True
			return nil
		case "min":
			return minOption(v, 0, &w.Min)
		}
		return unknownName(name, "span", "alpha", "com", "halflife", "adjust", "min")
	})
	if len(given) != 1 || w.Alpha <= 0 {
		s.bad(c, 2, "table of options with one of span, alpha, com and halflife")
	}
	c.Return(luavm.NewUserData(&ewmValue{seriesHolder{x}, w}, moduleOf(c).ewmMethods))
}

// rollMethod returns a method of what roll returns. args are those after that, read reads
// them.
func rollMethod(name string, args []string, help string, read func(s *signature, c *luavm.Call, o *series.Option)) Function {
	sig := newSignature(name, append([]string{rollArg}, args...)...)
	return define(&sig, func(c *luavm.Call) {
		r, ok := c.Arg(1).Data().(*rollValue)
		if !ok {
			sig.bad(c, 1, "what roll returned")
		}
		var o series.Option
		if read != nil {
			read(&sig, c, &o)
		}
		z, err := calc(c).Roll(r.x, r.window, series.Stat(name), o)
		if err != nil {
			sig.throw(c, err)
		}
		returnSeries(c, z)
	}, true, "series", help)
}

// rollPairMethod is rollMethod of two series.
func rollPairMethod(name, help string) Function {
	sig := newSignature(name, rollArg, "y")
	return define(&sig, func(c *luavm.Call) {
		r, ok := c.Arg(1).Data().(*rollValue)
		if !ok {
			sig.bad(c, 1, "what roll returned")
		}
		z, err := calc(c).RollPair(r.x, sig.series(c, 2), r.window, series.Stat(name), series.Option{})
		if err != nil {
			sig.throw(c, &argError{2, err})
		}
		returnSeries(c, z)
	}, true, "series", help)
}

func readDDOF(s *signature, c *luavm.Call, o *series.Option) {
	o.DDOF = s.wholeArg(c, 2, 1, 0, mostDDOF)
}

func readQuantile(s *signature, c *luavm.Call, o *series.Option) { o.Quantile = s.partArg(c, 2) }

// RollMethods are the methods of what x:roll returns.
var RollMethods = []Function{
	rollMethod("mean", nil, "Returns the mean of each window.", nil),
	rollMethod("sum", nil, "Returns the sum of each window.", nil),
	rollMethod("std", []string{"ddof=1?"}, "Returns the standard deviation of each window.", readDDOF),
	rollMethod("var", []string{"ddof=1?"}, "Returns the variance of each window.", readDDOF),
	rollMethod("zscore", []string{"ddof=1?"}, "Returns how many standard deviations the last value of each window is from its mean.", readDDOF),
	rollMethod("min", nil, "Returns the least value of each window.", nil),
	rollMethod("max", nil, "Returns the greatest value of each window.", nil),
	rollMethod("median", nil, "Returns the median of each window.", nil),
	rollMethod("quantile", []string{"q"}, "Returns a quantile of each window, on the line between the two nearest values.", readQuantile),
	rollMethod("rank", nil, "Returns the rank of the last value in each window, from 1 for the least.", nil),
	rollPairMethod("corr", "Returns the correlation with another series in each window."),
	rollPairMethod("cov", "Returns the covariance with another series in each window."),
	rollMethod("skew", nil, "Returns the skewness of each window, without bias.", nil),
	rollMethod("kurt", nil, "Returns the excess kurtosis of each window, without bias.", nil),
}

// ewmMethod returns a method of what ewm returns.
func ewmMethod(name, help string) Function {
	sig := newSignature(name, ewmArg)
	return define(&sig, func(c *luavm.Call) {
		e, ok := c.Arg(1).Data().(*ewmValue)
		if !ok {
			sig.bad(c, 1, "what ewm returned")
		}
		z, err := calc(c).Ewm(e.x, e.window, series.Stat(name))
		if err != nil {
			sig.throw(c, err)
		}
		returnSeries(c, z)
	}, true, "series", help)
}

// EwmMethods are the methods of what x:ewm returns.
var EwmMethods = []Function{
	ewmMethod("mean", "Returns the weighted mean up to each row."),
	ewmMethod("var", "Returns the weighted variance up to each row, without bias."),
	ewmMethod("std", "Returns the root of the weighted variance up to each row."),
}
