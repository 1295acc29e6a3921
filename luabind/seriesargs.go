package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/internal/series"
)

// The methods of signature in this file return an argument of a call about series, as those
// in args.go.

const wantSeries = "series or table of numbers"

// series returns argument i, a series, or a table of numbers as one.
func (s *signature) series(c *luavm.Call, i int) series.Series {
	x, err := toSeries(c, c.Arg(i))
	if err != nil {
		s.throw(c, &argError{i, err})
	}
	return x
}

// toSeries returns a series, or a table of numbers as one.
func toSeries(c *luavm.Call, v luavm.Value) (series.Series, error) {
	if x, ok := Series(v); ok {
		return x, nil
	}
	t, ok := v.AsTable()
	if !ok {
		return series.Series{}, expected(wantSeries, v)
	}
	n := t.Len()
	c.Room(numberSize * n)
	x := make([]float64, n)
	for i := range x {
		v := t.GetInt(i + 1)
		if !v.IsNumber() {
			return series.Series{}, fmt.Errorf("value %d: %w", i+1, expected("number", v))
		}
		x[i] = v.Float()
		if i%growStep == 0 {
			c.CheckStop()
		}
	}
	return series.Series{Values: x}, nil
}

// timesArg returns argument i, times in µs. It returns nil if the argument is nil or absent.
func (s *signature) timesArg(c *luavm.Call, i int) []int64 {
	if c.Arg(i).IsNil() {
		return nil
	}
	x := s.series(c, i)
	c.Room(numberSize * x.Len())
	times := make([]int64, x.Len())
	for k, v := range x.Values {
		if v != math.Trunc(v) || !(math.Abs(v) < maxExact) {
			s.throw(c, &argError{i, fmt.Errorf("time %d: %w", k+1, expected(wantTime, luavm.Number(v)))})
		}
		times[k] = int64(v)
	}
	return times
}

// operandArg returns argument i, a series, a table of numbers or a number.
func (s *signature) operandArg(c *luavm.Call, i int) series.Operand {
	if v := c.Arg(i); v.IsNumber() {
		return series.Number(v.Float())
	}
	x, err := toSeries(c, c.Arg(i))
	if err != nil {
		if !c.Arg(i).IsTable() {
			err = badArg(c, i, "series, table of numbers or number")
		}
		s.throw(c, asArgError(i, err))
	}
	return x.Operand()
}

// asArgError returns err as the error of argument i, unless it is one.
func asArgError(i int, err error) error {
	if _, ok := err.(*argError); ok {
		return err
	}
	return &argError{i, err}
}

// wholeArg returns argument i, an integer. It returns preset if it is nil or absent.
func (s *signature) wholeArg(c *luavm.Call, i, preset, least, most int) int {
	v := c.Arg(i)
	if v.IsNil() {
		return preset
	}
	f := v.Float()
	if !v.IsNumber() || f != math.Trunc(f) || f < float64(least) || f > float64(most) {
		s.bad(c, i, fmt.Sprintf("integer %d..%d", least, most))
	}
	return int(f)
}

// rowsArg is wholeArg of a number of rows, which may be negative.
func (s *signature) rowsArg(c *luavm.Call, i, preset int) int {
	return s.wholeArg(c, i, preset, -series.MostRows, series.MostRows)
}

// partArg returns argument i, a number from 0 to 1.
func (s *signature) partArg(c *luavm.Call, i int) float64 {
	v := c.Arg(i)
	if f := v.Float(); !v.IsNumber() || !(f >= 0 && f <= 1) {
		s.bad(c, i, "number 0..1")
	}
	return v.Float()
}

// boundArg returns argument i, a number: NaN if it is nil or absent.
func (s *signature) boundArg(c *luavm.Call, i int) float64 {
	v := c.Arg(i)
	if v.IsNil() {
		return math.NaN()
	}
	if !v.IsNumber() {
		s.bad(c, i, "number")
	}
	return v.Float()
}
