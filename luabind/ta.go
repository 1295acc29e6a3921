package luabind

import (
	"fmt"
	"slices"
	"strings"

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
			t.sig.throw(c, &argError{min(i+1, next-1), fmt.Errorf("%s and %s: %w", t.Inputs[0], t.Inputs[i], err)})
		}
		columns[0].Times = times
	}
	t.run(c, columns, params)
}

// isParameter reports whether the first argument is a parameter, or parameters by name.
func (t *indicator) isParameter(c *luavm.Call, first luavm.Value) bool {
	if first.IsNumber() || first.IsNil() && c.NumArgs() == 0 {
		return true
	}
	table, ok := first.AsTable()
	if !ok || table.Len() > 0 {
		return false
	}
	for k := range table.All() {
		if !k.IsString() || slices.Contains(t.Inputs, k.Text()) || isBarColumn(k.Text()) {
			return false
		}
	}
	for range table.All() {
		return true
	}
	return false
}

// isBarColumn reports whether bars have a column of a name.
func isBarColumn(name string) bool {
	return slices.Contains([]string{"open", "high", "low", "close", "price", "qty", "volume"}, name)
}

// columns returns what the indicator is computed from, and the number of the argument after.
func (t *indicator) columns(c *luavm.Call) (columns []series.Series, next int) {
	first := c.Arg(1)
	_, isSeries := Series(first)
	table, isTable := first.AsTable()
	if isSeries || isTable && table.GetString(t.column(first, t.Inputs[0])).IsNil() || !isTable && !first.IsUserData() {
		for i := range t.Inputs {
			columns = append(columns, t.sig.series(c, i+1))
		}
		return columns, len(t.Inputs) + 1
	}
	for _, name := range t.Inputs {
		name = t.column(first, name)
		x, err := toSeries(c, c.Index(first, luavm.NewString(name).Value()))
		if err != nil {
			t.sig.throw(c, &argError{1, fmt.Errorf("column %s: %w", name, err)})
		}
		columns = append(columns, x)
	}
	return columns, 2
}

// column returns the name that an input has in bars: volume is qty in a frame, and in a table
// that has no volume; price is close where there is no price.
func (t *indicator) column(bars luavm.Value, input string) string {
	other := map[string]string{"volume": "qty", "price": "close"}[input]
	if other == "" {
		return input
	}
	table, isTable := bars.AsTable()
	if isTable && !table.GetString(input).IsNil() {
		return input
	}
	return other
}

// params returns the parameters, which begin with argument i: in order, or by name in a
// table.
func (t *indicator) params(c *luavm.Call, i int) []float64 {
	p := t.Presets()
	if c.Arg(i).IsTable() {
		t.sig.eachOption(c, i, func(name string, v luavm.Value) error {
			var names []string
			for k := range t.Params {
				if t.Params[k].Name == name {
					return t.param(k, v, &p[k])
				}
				names = append(names, t.Params[k].Name)
			}
			if len(names) == 0 {
				return fmt.Errorf("unknown; %s has no parameters", t.Name)
			}
			return unknownName(name, names...)
		})
		return p
	}
	for k := range t.Params {
		v := c.Arg(i + k)
		if v.IsNil() {
			continue
		}
		if err := t.param(k, v, &p[k]); err != nil {
			t.sig.throw(c, fmt.Errorf("parameter %s: %w", t.Params[k].Name, err))
		}
	}
	if extra := i + len(t.Params); c.NumArgs() >= extra {
		t.sig.throw(c, fmt.Errorf("at most %d arguments expected, got %d", extra-1, c.NumArgs()))
	}
	return p
}

// param reads parameter k.
func (t *indicator) param(k int, v luavm.Value, to *float64) error {
	if !v.IsNumber() {
		return expected("number", v)
	}
	*to = v.Float()
	return t.Params[k].Check(*to)
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
	define(&pushSig, pushOperator, true, "values", "Goes to the next row, whose values it takes in the order of the columns, and returns the results: NaN while there are none."),
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
			_, isMethod := c.Data().(asMethod)
			number := k + 2
			if isMethod {
				number--
			}
			raiseText(c, fmt.Sprintf("bad argument #%d to 'push' (%s: number expected, got %s)", number, o.of.Inputs[k], describe(c, k+2)))
		}
		in[k] = v.Float()
	}
	if c.NumArgs() > len(in)+1 {
		pushSig.throw(c, fmt.Errorf("%s takes %s: %d values expected, got %d", o.of.Name, strings.Join(o.of.Inputs, ", "), len(in), c.NumArgs()-1))
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
