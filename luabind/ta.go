package luabind

import (
	"fmt"
	"slices"
	"strings"

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/series"
	"microts/internal/ta"
)

// indicator is a function of the module ta.
type indicator struct {
	*ta.Indicator
	sig signature
}

// IndicatorFunctions are the functions of the module ta. Each takes columns and returns
// series, or takes parameters only and returns an operator.
var IndicatorFunctions = func() (all []Function) {
	for i := range ta.Indicators {
		t := &indicator{Indicator: &ta.Indicators[i]}
		args := slices.Clone(t.Inputs)
		for _, p := range t.Params {
			args = append(args, fmt.Sprintf("%s=%.15g?", p.Name, p.Preset))
		}
		t.sig = newSignature(t.Name, args...)
		all = append(all, define(&t.sig, t.call, false, strings.Join(t.Outputs, ", "), t.Help))
	}
	return all
}()

// String returns how a script made the operator.
func (o *operatorValue) String() string { return "operator of ta." + o.of.Name }

// operatorValue is an operator that a script holds, as the value of a userdata.
type operatorValue struct {
	*ta.Operator
	of       *indicator
	lookback int
}

// call is the function of the module. What it is called with says what is wanted:
//
//	ta.atr(high, low, close, 14)  series or tables of numbers, then parameters
//	ta.atr(bars, 14)              a frame, or a table of columns by name
//	ta.atr(14)                    parameters, or a table of them by name: an operator
func (t *indicator) call(c *luavm.Call) {
	first := c.Arg(1)
	if t.isParameter(c, first) {
		params := t.params(c, 1)
		o := t.New(params)
		c.Room(int(o.MemorySize()))
		c.Return(luavm.NewUserData(&operatorValue{o, t, t.Lookback(params)}, moduleOf(c).operatorMethods))
		return
	}
	columns, next := t.columns(c)
	params := t.params(c, next)
	for i := 1; i < len(columns); i++ {
		times, err := series.Axis(columns[0], columns[i])
		if err != nil {
			t.bad(c, min(i+1, next-1), t.Inputs[i], fmt.Errorf("%s and %s: %w", t.Inputs[0], t.Inputs[i], err))
		}
		columns[0].Times = times
	}
	t.run(c, columns, params)
}

// bad throws the error of argument i, which has a name of its own in this way to call.
func (t *indicator) bad(c *luavm.Call, i int, name string, err error) {
	raiseText(c, fmt.Sprintf("bad argument #%d to '%s' (%s: %v)", i, t.Name, name, err))
}

// isParameter reports whether the first argument is a parameter, or parameters by name.
func (t *indicator) isParameter(c *luavm.Call, first luavm.Value) bool {
	table, isTable := first.AsTable()
	if !isTable {
		return first.IsNumber() || c.NumArgs() == 0
	}
	key, _, _ := table.Next(luavm.Nil)
	return table.Len() == 0 && !key.IsNil() && !t.areBars(first)
}

// barColumns are the columns of bars and ticks that indicators are computed from.
var barColumns = []string{"open", "high", "low", "close", "price", "qty", "volume"}

// otherColumns are the columns that stand for an input that bars do not have.
var otherColumns = map[string]string{"volume": "qty", "price": "close"}

// columns returns what the indicator is computed from, and the number of the argument after.
func (t *indicator) columns(c *luavm.Call) (columns []series.Series, next int) {
	bars := c.Arg(1)
	if !t.areBars(bars) {
		for i := range t.Inputs {
			columns = append(columns, t.sig.series(c, i+1))
		}
		return columns, len(t.Inputs) + 1
	}
	for _, name := range t.Inputs {
		if other := otherColumns[name]; other != "" && !hasColumn(bars, name) {
			name = other
		}
		if f := Frame(bars); f != nil {
			if _, err := f.Column(name); err != nil {
				t.bad(c, 1, "bars", err)
			}
		}
		x, err := toSeries(c, c.Index(bars, luavm.NewString(name).Value()))
		if err != nil {
			t.bad(c, 1, "bars", fmt.Errorf("column %s: %w", name, err))
		}
		columns = append(columns, x)
	}
	return columns, 2
}

// areBars reports whether an argument holds columns by name: a frame, or a table.
func (t *indicator) areBars(v luavm.Value) bool {
	if v.IsUserData() {
		_, isSeries := Series(v)
		return !isSeries
	}
	return v.IsTable() && slices.ContainsFunc(barColumns, func(name string) bool { return hasColumn(v, name) })
}

// hasColumn reports whether a frame or a table has a column.
func hasColumn(bars luavm.Value, name string) bool {
	if table, ok := bars.AsTable(); ok {
		return !table.GetString(name).IsNil()
	}
	f, ok := bars.Data().(interface{ Names() []string })
	return ok && slices.Contains(f.Names(), name)
}

// params returns the parameters, which begin with argument i: in order, or by name in a
// table.
func (t *indicator) params(c *luavm.Call, i int) []float64 {
	p := t.Presets()
	names := make([]string, len(t.Params))
	for k := range names {
		names[k] = t.Params[k].Name
	}
	more := i + len(names) // the first argument too many
	if c.Arg(i).IsTable() {
		more = i + 1
		if err := readOptions(c, i, func(name string, v luavm.Value) error {
			k := slices.Index(names, name)
			if k < 0 {
				return unknownName(name, names...)
			}
			return t.param(k, v, &p[k])
		}); err != nil {
			err = err.(*argError).err
			t.bad(c, i, "parameters", err)
		}
	} else {
		for k, name := range names {
			if v := c.Arg(i + k); !v.IsNil() {
				if err := t.param(k, v, &p[k]); err != nil {
					t.bad(c, i+k, name, err)
				}
			}
		}
	}
	if c.NumArgs() >= more {
		raiseText(c, fmt.Sprintf("%s: %s at most expected, got %d", t.Name, human.Count(more-1, "argument"), c.NumArgs()))
	}
	return p
}

// param reads parameter k.
func (t *indicator) param(k int, v luavm.Value, to *float64) error {
	if !v.IsNumber() {
		return expected("number", v)
	}
	*to = v.Float()
	if t.Params[k].Check(*to) != nil {
		return expected(t.Params[k].Want(), v)
	}
	return nil
}

// run returns the results for whole columns.
func (t *indicator) run(c *luavm.Call, columns []series.Series, params []float64) {
	n := columns[0].Len()
	o := t.New(params)
	c.Room(numberSize*n*len(t.Outputs) + int(o.MemorySize()))
	outputs := make([][]float64, len(t.Outputs))
	for k := range outputs {
		outputs[k] = make([]float64, n)
	}
	// Of an indicator whose rows take time with its lookback, fewer rows.
	between := max(1, (1<<18)/(t.Lookback(params)+1))
	in := o.Inputs()
	for i := range n {
		for k := range in {
			in[k] = columns[k].Values[i]
		}
		for k, v := range o.Push() {
			outputs[k][i] = v
		}
		if i%between == 0 {
			c.CheckStop()
		}
	}
	results := make([]luavm.Value, len(outputs))
	for k := range results {
		results[k] = moduleOf(c).newSeries(series.Series{Values: outputs[k], Times: columns[0].Times})
	}
	c.Return(results...)
}

var (
	pushSig     = newSignature("push", operatorArg, "value...")
	lookbackSig = newSignature("lookback", operatorArg)
)

// OperatorMethods are the methods of operators.
var OperatorMethods = []Function{
	define(&pushSig, pushOperator, true, "results", "Goes to the next row, whose values it takes in the order of the columns, and returns the results: NaN while there are none."),
	define(&lookbackSig, lookbackOfOperator, true, "number", "Returns how many rows come before the first one with a result."),
}

func pushOperator(c *luavm.Call) {
	o, ok := c.Arg(1).Data().(*operatorValue)
	if !ok {
		pushSig.bad(c, 1, "operator of ta")
	}
	in := o.Inputs()
	for k := range in {
		v := c.Arg(k + 2)
		if !v.IsNumber() {
			raiseText(c, fmt.Sprintf("bad argument #%d to 'push' (%s: number expected, got %s)", k+1, o.of.Inputs[k], describe(c, k+2)))
		}
		in[k] = v.Float()
	}
	if given := c.NumArgs() - 1; given > len(in) {
		raiseText(c, fmt.Sprintf("push: ta.%s takes %s, got %d values", o.of.Name, strings.Join(o.of.Inputs, ", "), given))
	}
	out := o.Push()
	if len(out) == 1 {
		c.Return(luavm.Number(out[0]))
		return
	}
	var results [3]luavm.Value // no indicator has more
	for k, v := range out {
		results[k] = luavm.Number(v)
	}
	c.Return(results[:len(out)]...)
}

func lookbackOfOperator(c *luavm.Call) {
	o, ok := c.Arg(1).Data().(*operatorValue)
	if !ok {
		lookbackSig.bad(c, 1, "operator of ta")
	}
	c.Return(luavm.Int(o.lookback))
}
