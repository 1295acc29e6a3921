package luabind

import (
	"fmt"
	"strings"

	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/series"
)

// seriesValue is what a script holds of a series, as the value of a userdata.
type seriesValue struct{ series.Series }

// EachMemory implements luavm.MemorySharer.
func (x *seriesValue) EachMemory(count func(at *byte, bytes int64) (first bool)) { x.Memory(count) }

// Element implements luavm.Vector: x[i].
func (x *seriesValue) Element(i float64) (f float64, ok bool) {
	n := int(i)
	if uint(n-1) >= uint(len(x.Values)) || float64(n) != i {
		return 0, false
	}
	return x.Values[n-1], true
}

// Truth implements luavm.Vector.
func (x *seriesValue) Truth() string {
	return "a comparison of series is a mask, neither true nor false: ask it with :all() or :any()"
}

// newSeries returns a series as a script holds it. The memory is counted by who made it:
// see calc.
func (m *Module) newSeries(x series.Series) luavm.Value {
	return luavm.NewUserData(&seriesValue{x}, m.seriesMethods)
}

// Series returns the series that v is. ok is false if it is none.
func Series(v luavm.Value) (x series.Series, ok bool) {
	s, ok := v.Data().(*seriesValue)
	if !ok {
		return series.Series{}, false
	}
	return s.Series, true
}

// numberSize is how many bytes a number of a series takes.
const numberSize = 8

// calc returns a Calc for a native: it ends when the script is stopped, and the limit of
// memory counts what it allocates.
func calc(c *luavm.Call) series.Calc {
	return series.Calc{Stop: c.CheckStop, Alloc: func(n int) { c.Room(numberSize * n) }}
}

// openSeries makes the modules series and ta: globals, and modules that give way to files of
// these names beside the script.
func (m *Module) openSeries() {
	m.seriesMethods = methodTable("series", SeriesMethods)
	for name, op := range map[string]series.Op{
		"__add": series.Add, "__sub": series.Sub, "__mul": series.Mul, "__div": series.Div, "__mod": series.Mod, "__pow": series.Pow,
		"__lt": series.Lt, "__le": series.Le,
	} {
		m.seriesMethods.SetString(name, luavm.NewFunctionWith(name, op, seriesOperator).Value())
	}
	m.seriesMethods.SetFunctions(map[string]luavm.Native{
		"__unm": func(c *luavm.Call) { returnSeries(c, calc(c).Neg(receiver(c))) },
		"__len": func(c *luavm.Call) { c.Return(luavm.Int(receiver(c).Len())) },
		"__newindex": func(c *luavm.Call) {
			raiseText(c, "a series does not change: make another one, as x:where(mask, y) does")
		},
	})
	m.rollMethods = methodTable("roll", RollMethods)
	m.ewmMethods = methodTable("ewm", EwmMethods)
	m.operatorMethods = methodTable("operator", OperatorMethods)
	m.strictModules = map[*luavm.Table][]Function{}
	for name, functions := range map[string][]Function{SeriesName: SeriesFunctions, IndicatorsName: IndicatorFunctions} {
		module := table(functions)
		module.SetMetaTable(strict(name, functions))
		m.strictModules[module] = functions
		m.setBuiltin(name, module)
	}
}

// setBuiltin makes a module a global, and one that gives way to a file of its name.
func (m *Module) setBuiltin(name string, module *luavm.Table) {
	m.state.Globals.SetString(name, module.Value())
	m.state.SetBuiltin(name, func(c *luavm.Call) { c.Return(module.Value()) })
}

// methodTable returns the metatable of a kind of userdata.
func methodTable(kind string, methods []Function) *luavm.Table {
	index := luavm.NewTable(0, len(methods))
	for _, f := range methods {
		index.SetString(f.Name, luavm.NewFunctionWith(f.Name, asMethod{}, f.call).Value())
	}
	index.SetMetaTable(strict(kind, methods))
	t := luavm.NewTable(0, 16)
	t.SetString("__index", index.Value())
	t.SetString("__metatable", luavm.Intern(kind).Value())
	t.SetString("__tostring", luavm.NewFunction("__tostring", func(c *luavm.Call) {
		text := kind
		if v, ok := c.Arg(1).Data().(fmt.Stringer); ok {
			text = v.String()
		}
		c.Return(luavm.NewString(text).Value())
	}).Value())
	return t
}

// strict returns a metatable for a table of functions, of what is called kind: a name that it
// does not have is an error that suggests the nearest one.
func strict(kind string, functions []Function) *luavm.Table {
	var names []string
	for _, f := range functions {
		names = append(names, f.Name)
	}
	t := luavm.NewTable(0, 1)
	t.SetString("__index", luavm.NewFunction("__index", func(c *luavm.Call) {
		if key := c.Arg(2); key.IsString() {
			known := strings.TrimPrefix(unknownName(key.Text(), names...).Error(), "unknown; ")
			raiseText(c, fmt.Sprintf("%s has no %s; %s", kind, describeValue(key), known))
		}
		c.Return(luavm.Nil)
	}).Value())
	return t
}

// receiver returns the series that a metamethod is called with.
func receiver(c *luavm.Call) series.Series {
	x, _ := Series(c.Arg(1))
	return x
}

// seriesOperator is the metamethod of an operator of two operands.
func seriesOperator(c *luavm.Call) {
	op := c.Data().(series.Op)
	z, err := calc(c).Binary(op, side(c, 1, op), side(c, 2, op))
	if err != nil {
		raiseText(c, fmt.Sprintf("operator %s: %v", operatorSigns[op], err))
	}
	returnSeries(c, z)
}

var operatorSigns = [...]string{
	series.Add: "+", series.Sub: "-", series.Mul: "*", series.Div: "/", series.Mod: "%", series.Pow: "^", series.Lt: "<", series.Le: "<=",
}

// side returns an operand of an operator.
func side(c *luavm.Call, i int, op series.Op) series.Operand {
	o, ok := operand(c.Arg(i))
	if !ok {
		raiseText(c, fmt.Sprintf("operator %s: %v", operatorSigns[op], expected("series or number", c.Arg(i))))
	}
	return o
}

// operand returns a value, a series or a number, as an operand.
func operand(v luavm.Value) (o series.Operand, ok bool) {
	if v.IsNumber() {
		return series.Number(v.Float()), true
	}
	x, ok := Series(v)
	return x.Operand(), ok
}

func returnSeries(c *luavm.Call, x series.Series) { c.Return(moduleOf(c).newSeries(x)) }

// String shows a series in one line, a long one without its middle.
func (x *seriesValue) String() string {
	const ends = 4
	n := x.Len()
	text := fmt.Sprintf("series of %d:", n)
	show := func(values []float64) {
		for _, v := range values {
			text += " " + showNumber(v)
		}
	}
	if n <= 2*ends+1 {
		show(x.Values)
		return text
	}
	show(x.Values[:ends])
	text += " ..."
	show(x.Values[n-ends:])
	return text
}

func showNumber(v float64) string { return frame.FormatFloat(v, 'g', 8) }
