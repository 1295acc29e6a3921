package luabind

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"microts/internal/frame"
	"microts/internal/luavm"
	"microts/internal/series"
)

// frameValue is what a script holds of a frame, as the value of a userdata.
type frameValue struct {
	*frame.Frame
	columns map[string]luavm.Value // what the script got for a column, by its name
	shape   *luavm.Shape           // of a row as a table; nil until one is made
	cells   []cells                // of all columns; nil until a row is read
}

// frameArg is the name of the first argument of each method of frames.
const frameArg = "frame"

// newFrame returns a frame as a script holds it. A column must not have the name of a
// method or of another field.
func newFrame(c *luavm.Call, f *frame.Frame) (luavm.Value, error) {
	for _, name := range f.Names() {
		if err := checkColumnName(name); err != nil {
			return luavm.Nil, err
		}
	}
	return luavm.NewUserData(&frameValue{Frame: f}, moduleOf(c).frameMetatable()), nil
}

// checkColumnName returns an error if no column can have a name.
func checkColumnName(name string) error {
	switch {
	case name == "":
		return errors.New("a name for the column expected")
	case find(FrameMethods, name) != nil, slices.Contains(frameFields, name):
		return fmt.Errorf("a column cannot have the name %q, which a frame has for its own", name)
	}
	return nil
}

// returnFrame returns a frame, or throws err.
func (s *signature) returnFrame(c *luavm.Call, f *frame.Frame, err error) {
	if err != nil {
		s.throw(c, err)
	}
	v, err := newFrame(c, f)
	if err != nil {
		s.throw(c, err)
	}
	c.Return(v)
}

// Frame returns the frame that v is, or nil.
func Frame(v luavm.Value) *frame.Frame {
	if f, ok := v.Data().(*frameValue); ok {
		return f.Frame
	}
	return nil
}

// frame returns argument i, a frame.
func (s *signature) frame(c *luavm.Call, i int) *frameValue {
	f, ok := c.Arg(i).Data().(*frameValue)
	if !ok {
		s.bad(c, i, "frame")
	}
	return f
}

// frameFields are the fields of a frame that are no columns.
var frameFields = []string{"left_out", "skipped"}

// FrameFields returns the names that a script finds in a frame: its columns, its other
// fields and its methods.
func FrameFields(f *frame.Frame) (columns, methods []string) {
	columns = append(f.Names(), frameFields...)
	for _, m := range FrameMethods {
		methods = append(methods, m.Name)
	}
	return columns, methods
}

// frameMetatable returns the metatable of frames.
func (m *Module) frameMetatable() *luavm.Table {
	return m.state.Once(frameMetatableKey{}, func() any {
		methods := luavm.NewTable(0, len(FrameMethods))
		for _, f := range FrameMethods {
			methods.SetString(f.Name, luavm.NewFunctionWith(f.Name, asMethod{}, f.call).Value())
		}
		t := luavm.NewTable(0, 4)
		t.SetString("__index", luavm.NewFunction("__index", func(c *luavm.Call) { frameIndex(c, methods) }).Value())
		t.SetString("__len", luavm.NewFunction("__len", frameLen).Value())
		t.SetString("__tostring", luavm.NewFunction("__tostring", frameToString).Value())
		t.SetString("__metatable", luavm.Intern("micro_ts frame").Value())
		return t
	}).(*luavm.Table)
}

type frameMetatableKey struct{}

func frameLen(c *luavm.Call) {
	if f := Frame(c.Arg(1)); f != nil {
		c.Return(luavm.Int(f.Rows()))
		return
	}
	c.Return(luavm.Int(0))
}

func frameToString(c *luavm.Call) {
	f := Frame(c.Arg(1))
	if f == nil {
		c.Return(luavm.Intern("micro_ts frame").Value())
		return
	}
	text := f.String()
	c.Room(len(text))
	c.Return(luavm.NewString(text).Value())
}

// frameIndex is f.name and f[i].
func frameIndex(c *luavm.Call, methods *luavm.Table) {
	f, ok := c.Arg(1).Data().(*frameValue)
	key := c.Arg(2)
	switch {
	case !ok:
		c.Return(luavm.Nil)
		return
	case key.IsNumber():
		c.Return(f.row(c, key.Float()))
		return
	case !key.IsString():
		raiseText(c, "frame: name of a column or number of a row expected, got "+describe(c, 2))
	}
	if method := methods.Get(key); !method.IsNil() {
		c.Return(method)
		return
	}
	v, err := f.field(c, key.Text())
	if err != nil {
		raiseText(c, "frame: "+err.Error())
	}
	c.Return(v)
}

// field returns a column, or another field.
func (f *frameValue) field(c *luavm.Call, name string) (luavm.Value, error) {
	if v, ok := f.columns[name]; ok {
		return v, nil
	}
	column, err := f.Column(name)
	switch {
	case err == nil:
	case name == "left_out":
		return luavm.Int(f.LeftOut), nil
	case name == "skipped":
		return luavm.Int(f.Skipped), nil
	default:
		return luavm.Nil, fmt.Errorf("no column is called %q; %w", name, unknownColumn(f.Frame, name))
	}
	v, err := f.columnValue(c, column)
	if err != nil {
		return luavm.Nil, err
	}
	if f.columns == nil {
		f.columns = map[string]luavm.Value{}
	}
	f.columns[strings.Clone(name)] = v
	return v, nil
}

// unknownColumn suggests the column or method that is most like a name.
func unknownColumn(f *frame.Frame, name string) error {
	columns, methods := FrameFields(f)
	if near := nearest(name, append(slices.Clone(columns), methods...)); near != "" {
		return fmt.Errorf("did you mean %q?", near)
	}
	return fmt.Errorf("there are %s", strings.Join(f.Names(), ", "))
}

// columnValue returns a column as a script sees it: a series of numbers with the axis of the
// frame, or an array of texts.
func (f *frameValue) columnValue(c *luavm.Call, column *frame.Column) (luavm.Value, error) {
	if column.Kind == frame.Text {
		return textArray(c, column), nil
	}
	host := hold(c)
	defer host.end()
	values, err := column.Floats(host)
	if err != nil {
		return luavm.Nil, err
	}
	x := series.Series{Values: values}
	if axis := f.Axis(); axis != nil && !axis.AnyMissing() {
		x.Times = axis.Times()
	}
	return moduleOf(c).newSeries(x), nil
}

// textArray returns an array of the texts of a column; a missing one is "".
func textArray(c *luavm.Call, column *frame.Column) luavm.Value {
	const value = 16 // bytes
	c.Room(value * column.Len())
	r := newCells(column)
	t := luavm.NewTable(column.Len(), 0)
	for i := range column.Len() {
		if i&0xffff == 0 {
			c.CheckStop()
		}
		t.Append(r.scalar(i))
	}
	return t.Value()
}

// cells makes values of Lua of the values of a column.
type cells struct {
	*frame.Column
	words []luavm.Value // of texts
}

func newCells(column *frame.Column) cells {
	r := cells{Column: column}
	if column.Kind == frame.Text {
		_, words := column.Codes()
		r.words = make([]luavm.Value, len(words))
		for i, word := range words {
			r.words[i] = luavm.Part(word)
		}
	}
	return r
}

var (
	notANumber = luavm.Number(math.NaN())
	noText     = luavm.Intern("").Value()
)

// scalar returns the value of row i, from 0 on, which is never nil: NaN is a missing number,
// "" a missing text, false a missing truth value.
func (r *cells) scalar(i int) luavm.Value {
	switch {
	case r.Kind == frame.Float:
		return luavm.Number(r.Float(i))
	case r.Missing(i):
		switch r.Kind {
		case frame.Text:
			return noText
		case frame.Mask:
			return luavm.False
		}
		return notANumber
	}
	switch r.Kind {
	case frame.Unsigned:
		return unsignedValue(r.Unsigned(i))
	case frame.Text:
		codes, _ := r.Codes()
		return r.words[codes[i]]
	case frame.Mask:
		return luavm.Bool(r.Truth(i))
	}
	return luavm.Int(int(r.Int(i)))
}

// row returns row number i, from 1 on, as a table; nil if there is none.
func (f *frameValue) row(c *luavm.Call, i float64) luavm.Value {
	n := int(i)
	if float64(n) != i || n < 1 || n > f.Rows() {
		return luavm.Nil
	}
	if f.shape == nil {
		f.shape = luavm.NewShape(0, 0, keysOf(f.Names()...)...)
		f.cells = cellsOf(f.Columns())
	}
	t := f.shape.NewTable()
	for k := range f.cells {
		r := &f.cells[k]
		if r.Missing(n-1) && (r.Kind == frame.Text || r.Kind == frame.Mask) {
			continue
		}
		t.SetField(k, r.scalar(n-1))
	}
	c.Room(int(t.MemorySize()))
	return t.Value()
}

func cellsOf(columns []*frame.Column) []cells {
	all := make([]cells, len(columns))
	for i, column := range columns {
		all[i] = newCells(column)
	}
	return all
}
