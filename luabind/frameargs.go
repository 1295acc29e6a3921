package luabind

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"microts/internal/bars"
	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/tick"
)

// textTime returns argument i, a time in µs or a text that ts.time reads. It returns preset if
// the argument is nil or absent.
func (s *signature) textTime(c *luavm.Call, i int, preset int64) int64 {
	v := c.Arg(i)
	if !v.IsString() {
		return s.optTime(c, i, preset)
	}
	us, err := tick.ParseTime(v.Text(), Zone(c.State()), time.Now())
	if err != nil {
		s.throw(c, &argError{i, fmt.Errorf("%w, got %s", err, describe(c, i))})
	}
	return us
}

// span returns arguments i and i+1, the ends of a range of time. An end that is missing is
// the beginning or the end of time.
func (s *signature) span(c *luavm.Call, i int) tick.Range {
	return tick.Range{From: s.textTime(c, i, 0), To: s.textTime(c, i+1, tick.MaxTime-1)}
}

const wantDuration = `duration such as "3s" or "500ms", or integer microseconds,`

// durationOf reads a value as a duration in µs, which may be less than 0: "3s", "-2m", "1d",
// or a number of µs.
func durationOf(v luavm.Value) (us int64, err error) {
	if v.IsNumber() {
		f := v.Float()
		if f == math.Trunc(f) && math.Abs(f) < tick.MaxTime {
			return int64(f), nil
		}
	}
	if !v.IsString() {
		return 0, expected(wantDuration, v)
	}
	text, sign := v.Text(), int64(1)
	if text != "" && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	if text == "0" || text == "0s" {
		return 0, nil
	}
	if us, err = bars.ParseWidth(text); err != nil {
		return 0, expected(wantDuration, v)
	}
	return sign * us, nil
}

// truthOf reads a boolean.
func truthOf(v luavm.Value, to *bool) error {
	if v != luavm.True && v != luavm.False {
		return expected("boolean", v)
	}
	*to = v == luavm.True
	return nil
}

// stringOf reads a string.
func stringOf(v luavm.Value, to *string) error {
	if !v.IsString() {
		return expected("string", v)
	}
	*to = v.Text()
	return nil
}

// fieldsOf reads the option fields: a text with commas, or an array of names.
func fieldsOf(v luavm.Value) ([]frame.Field, error) {
	text := ""
	if t, ok := v.AsTable(); ok {
		names, err := namesIn(t)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text += name + ","
		}
	} else if err := stringOf(v, &text); err != nil {
		return nil, expected(`names of fields such as "price,qty"`, v)
	}
	return frame.ParseFields(text)
}

// namesIn reads an array of strings.
func namesIn(t *luavm.Table) (names []string, err error) {
	for i := 1; i <= t.Len(); i++ {
		v := t.GetInt(i)
		if !v.IsString() {
			return nil, fmt.Errorf("item %d: %w", i, expected("string", v))
		}
		names = append(names, v.Text())
	}
	return names, nil
}

// names returns the arguments from i on, names of columns, or the names in argument i, an
// array.
func (s *signature) names(c *luavm.Call, i int) (names []string) {
	if t, ok := c.Arg(i).AsTable(); ok {
		names, err := namesIn(t)
		if err != nil {
			s.throw(c, &argError{i, err})
		}
		return names
	}
	for k := i; k <= c.NumArgs(); k++ {
		if v := c.Arg(k); !v.IsString() {
			s.throw(c, &argError{i, &valueError{"names of columns", describe(c, k)}})
		}
		names = append(names, c.Arg(k).Text())
	}
	return names
}

// aggregates returns argument i, a table of aggregates by the names of their columns.
func (s *signature) aggregates(c *luavm.Call, i int) (all []frame.Aggregate) {
	err := eachAggregate(c.Arg(i), func(name, op, of string) error {
		a, err := frame.ParseAggregate(name, op, of)
		all = append(all, a)
		return err
	})
	if err == nil && len(all) == 0 {
		err = errors.New(`at least one aggregate expected, such as hi = {"max", "price"}`)
	}
	if err != nil {
		s.throw(c, &argError{i, err})
	}
	return all
}

// eachAggregate reads a table such as {hi = {"max", "price"}, n = "count"}.
func eachAggregate(v luavm.Value, add func(name, op, of string) error) error {
	t, ok := v.AsTable()
	if !ok {
		return expected(`table of aggregates such as {hi = {"max", "price"}}`, v)
	}
	for key, spec := range t.All() {
		if !key.IsString() {
			return expected("names of columns", key)
		}
		name, op, of := key.Text(), "", ""
		if err := checkColumnName(name); err != nil {
			return err
		}
		if parts, ok := spec.AsTable(); ok {
			names, err := namesIn(parts)
			switch {
			case err != nil:
				return fmt.Errorf("column %q: %w", name, err)
			case len(names) < 1 || len(names) > 2:
				return fmt.Errorf("column %q: an aggregate and a column expected, as in {\"max\", \"price\"}, got %d texts", name, len(names))
			}
			if op = names[0]; len(names) == 2 {
				of = names[1]
			}
		} else if err := stringOf(spec, &op); err != nil {
			return fmt.Errorf("column %q: %w", name, expected(`aggregate such as {"max", "price"}`, spec))
		}
		if err := add(name, op, of); err != nil {
			return err
		}
	}
	return nil
}

// count returns argument i, a number of rows, or preset if it is nil or absent.
func (s *signature) count(c *luavm.Call, i, preset int) int {
	v := c.Arg(i)
	if v.IsNil() {
		return preset
	}
	n, ok := integer(v, math.MaxInt32)
	if !ok {
		s.bad(c, i, "integer number of rows")
	}
	return int(n)
}

// namesOfInstruments returns argument i, an array of instruments: {market, code}, symbols, or
// rows of codes().
func (s *signature) namesOfInstruments(c *luavm.Call, i int) []tick.Name {
	names, err := instrumentsOf(c.Arg(i))
	if err != nil {
		s.throw(c, &argError{i, err})
	}
	return names
}

// instrumentsOf reads an array of instruments.
func instrumentsOf(v luavm.Value) ([]tick.Name, error) {
	t, ok := v.AsTable()
	if !ok {
		return nil, expected(`array of instruments such as {{"S", 600000}, "000001.SZ"}`, v)
	}
	names := make([]tick.Name, t.Len())
	for k := range names {
		var err error
		if names[k], err = instrumentOf(t.GetInt(k + 1)); err != nil {
			return nil, fmt.Errorf("instrument %d: %w", k+1, err)
		}
	}
	return names, nil
}

// instrumentOf reads an instrument: a symbol, or its six digits as a number; {market, code},
// or a table with the fields market and code.
func instrumentOf(v luavm.Value) (tick.Name, error) {
	symbol, isSymbol := "", v.IsString()
	if isSymbol {
		symbol = v.Text()
	} else if n, ok := integer(v, 999_999); ok && n >= 100_000 { // fewer digits do not tell the market
		symbol, isSymbol = strconv.FormatInt(n, 10), true
	}
	if isSymbol {
		n, err := tick.ParseName(symbol)
		return n, plainError(err)
	}
	t, ok := v.AsTable()
	if !ok {
		return tick.Name{}, expected(`{market, code} or a symbol such as "600519.SH"`, v)
	}
	market, code := t.GetInt(1), t.GetInt(2)
	if market.IsNil() {
		market, code = t.GetString("market"), t.GetString("code")
	}
	if !market.IsString() || len(market.Text()) != 1 {
		return tick.Name{}, badField("market", "one printable ASCII character", market)
	}
	text, ok := textOf(code)
	if _, isInteger := integer(code, 999_999_999); !ok || code.IsNumber() && !isInteger {
		return tick.Name{}, badField("code", wantCode, code)
	}
	n, err := tick.NewName(market.Text()[0], text)
	return n, plainError(err)
}

// plainError returns the error of a part of an argument, which message must not take for one
// of the whole argument.
func plainError(err error) error {
	if r := (*tick.RangeError)(nil); errors.As(err, &r) {
		return fmt.Errorf("%s: %w", r.Name, &valueError{r.Want, r.Got})
	}
	return err
}
