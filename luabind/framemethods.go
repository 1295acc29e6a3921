package luabind

import (
	"errors"
	"fmt"

	"microts/internal/frame"
	"microts/internal/luavm"
)

var (
	frameSelectSig   = newSignature("select", frameArg, "names")
	frameWhereSig    = newSignature("where", frameArg, "mask")
	frameSortSig     = newSignature("sort", frameArg, "column", "opts?")
	frameHeadSig     = newSignature("head", frameArg, "number?")
	frameTailSig     = newSignature("tail", frameArg, "number?")
	frameConcatSig   = newSignature("concat", frameArg, "others")
	frameWithSig     = newSignature("with", frameArg, "columns")
	frameGroupSig    = newSignature("group", frameArg, "names?")
	frameDescribeSig = newSignature("describe", frameArg)
	frameAsofSig     = newSignature("asof", frameArg, "right", "opts?")
	frameWindowSig   = newSignature("window", frameArg, "right", "from", "to", "aggregates", "opts?")
	frameRowsSig     = newSignature("rows", frameArg)
	frameEachSig     = newSignature("each", frameArg, "names?")
	frameColumnsSig  = newSignature("columns", frameArg)
	frameAxisSig     = newSignature("axis", frameArg, "column?")
)

// usualRows is how many rows head and tail return if nothing else is said.
const usualRows = 10

func frameHead(c *luavm.Call) {
	s := &frameHeadSig
	f := s.frame(c, 1)
	s.returnFrame(c, f.Head(s.count(c, 2, usualRows)), nil)
}

func frameTail(c *luavm.Call) {
	s := &frameTailSig
	f := s.frame(c, 1)
	s.returnFrame(c, f.Tail(s.count(c, 2, usualRows)), nil)
}

func frameSelect(c *luavm.Call) {
	s := &frameSelectSig
	f := s.frame(c, 1)
	names := s.names(c, 2)
	if len(names) == 0 {
		s.bad(c, 2, "names of columns")
	}
	selected, err := f.Select(names)
	s.returnFrame(c, selected, argumentError(2, err))
}

// argumentError returns err as the error of argument i.
func argumentError(i int, err error) error {
	if err == nil {
		return nil
	}
	return &argError{i, err}
}

// frameWhere takes a mask, which is a series, or a table of values by column.
func frameWhere(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameWhereSig
	f := s.frame(c, 1)
	if mask, ok := Series(c.Arg(2)); ok {
		found, err := f.Where(host, mask.Values)
		s.returnFrame(c, found, argumentError(2, err))
		return
	}
	t, ok := c.Arg(2).AsTable()
	if !ok {
		s.bad(c, 2, `mask such as f.price > 10, or table such as {code = "600519"},`)
	}
	found := f.Frame
	for k, v := range t.All() {
		if !k.IsString() {
			s.throw(c, &argError{2, expected("names of columns", k)})
		}
		var err error
		if found, err = whereIs(host, found, k.Text(), v); err != nil {
			s.throw(c, &argError{2, err})
		}
	}
	s.returnFrame(c, found, nil)
}

// whereIs returns the rows whose column has a value, or one of an array of texts.
func whereIs(h *holder, f *frame.Frame, name string, v luavm.Value) (*frame.Frame, error) {
	if t, ok := v.AsTable(); ok {
		if t.GetInt(1).IsNumber() {
			x, err := toSeries(h.c, v)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", name, err)
			}
			return f.WhereNumber(h, name, x.Values...)
		}
		texts, err := namesIn(t)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		return f.WhereText(h, name, texts...)
	}
	switch {
	case v.IsString():
		return f.WhereText(h, name, v.Text())
	case v.IsNumber():
		return f.WhereNumber(h, name, v.Float())
	case v == luavm.True:
		return f.WhereNumber(h, name, 1)
	case v == luavm.False:
		return f.WhereNumber(h, name, 0)
	}
	return nil, fmt.Errorf("column %q: %w", name, expected("number, string, boolean, or array of numbers or strings", v))
}

func frameSort(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameSortSig
	f := s.frame(c, 1)
	name := s.str(c, 2)
	descending := false
	s.eachOption(c, 3, func(option string, v luavm.Value) error {
		if option != "descending" {
			return unknownName(option, "descending")
		}
		return truthOf(v, &descending)
	})
	sorted, err := f.Sort(host, name, descending)
	s.returnFrame(c, sorted, argumentError(2, err))
}

func frameConcat(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameConcatSig
	all := []*frame.Frame{s.frame(c, 1).Frame, s.frame(c, 2).Frame}
	for i := 3; i <= c.NumArgs(); i++ {
		f := Frame(c.Arg(i))
		if f == nil {
			s.throw(c, &argError{2, &valueError{"frames", describe(c, i)}})
		}
		all = append(all, f)
	}
	joined, err := frame.Concat(host, all...)
	s.returnFrame(c, joined, argumentError(2, err))
}

// frameWith adds columns: series, arrays, or values that all rows get.
func frameWith(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameWithSig
	f := s.frame(c, 1)
	t, ok := c.Arg(2).AsTable()
	if !ok {
		s.bad(c, 2, "table of columns such as {ret = f.close:pct()}")
	}
	var columns []*frame.Column
	for k, v := range t.All() {
		if !k.IsString() {
			s.throw(c, &argError{2, expected("names of columns", k)})
		}
		if err := checkColumnName(k.Text()); err != nil {
			s.throw(c, &argError{2, err})
		}
		column, err := newColumn(host, k.Text(), v, f.Rows())
		if err != nil {
			s.throw(c, &argError{2, fmt.Errorf("column %q: %w", k.Text(), err)})
		}
		columns = append(columns, column)
	}
	more, err := f.With(columns...)
	s.returnFrame(c, more, argumentError(2, err))
}

// newColumn makes a column of a series, of an array, or of a value that n rows get.
func newColumn(h *holder, name string, v luavm.Value, n int) (*frame.Column, error) {
	if x, ok := Series(v); ok {
		return frame.NewFloats(name, x.Values), nil
	}
	if t, ok := v.AsTable(); ok {
		return columnOfArray(h, name, t)
	}
	const value = 8 // bytes
	h.Room(n * value)
	switch {
	case v.IsString():
		return frame.Repeat(h, name, v.Text(), n), nil
	case v.IsNumber():
		values := make([]float64, n)
		for i := range values {
			values[i] = v.Float()
		}
		return frame.NewFloats(name, values), nil
	case v == luavm.True, v == luavm.False:
		values := make([]bool, n)
		for i := range values {
			values[i] = v == luavm.True
		}
		return frame.NewMask(name, values), nil
	}
	return nil, expected("series, array, number, string or boolean", v)
}

// columnOfArray makes a column of an array of numbers, of strings, or of booleans.
func columnOfArray(h *holder, name string, t *luavm.Table) (*frame.Column, error) {
	n := t.Len()
	const value = 8 // bytes
	h.Room(n * value)
	first := t.GetInt(1)
	bad := func(i int, want string) error {
		return fmt.Errorf("item %d: %w", i+1, expected(want, t.GetInt(i+1)))
	}
	switch {
	case n == 0 || first.IsNumber():
		values := make([]float64, n)
		for i := range values {
			v := t.GetInt(i + 1)
			if !v.IsNumber() {
				return nil, bad(i, "number, as item 1,")
			}
			values[i] = v.Float()
			if i%growStep == 0 {
				h.CheckStop()
			}
		}
		return frame.NewNumbers(name, values, nil), nil
	case first.IsString():
		words, codes := &frame.Words{}, make([]uint32, n)
		for i := range codes {
			v := t.GetInt(i + 1)
			if !v.IsString() {
				return nil, bad(i, "string, as item 1,")
			}
			codes[i] = words.Code(v.Text())
			if i%growStep == 0 {
				h.CheckStop()
			}
		}
		return frame.NewText(name, codes, words), nil
	case first == luavm.True, first == luavm.False:
		values := make([]bool, n)
		for i := range values {
			if truthOf(t.GetInt(i+1), &values[i]) != nil {
				return nil, bad(i, "boolean, as item 1,")
			}
		}
		return frame.NewMask(name, values), nil
	}
	return nil, bad(0, "number, string or boolean")
}

func frameDescribe(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameDescribeSig
	described, err := s.frame(c, 1).Describe(host)
	s.returnFrame(c, described, err)
}

func frameColumns(c *luavm.Call) {
	names := frameColumnsSig.frame(c, 1).Names()
	t := luavm.NewTable(len(names), 0)
	for _, name := range names {
		t.Append(luavm.Part(name))
	}
	c.Return(t.Value())
}

// frameAxis returns the name of the time axis, or the frame with another one.
func frameAxis(c *luavm.Call) {
	s := &frameAxisSig
	f := s.frame(c, 1)
	if !c.Arg(2).IsNil() {
		other, err := f.WithAxis(s.str(c, 2))
		s.returnFrame(c, other, argumentError(2, err))
		return
	}
	if axis := f.Axis(); axis != nil {
		c.Return(luavm.Part(axis.Name))
		return
	}
	c.Return(luavm.Nil)
}

func frameAsof(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameAsofSig
	left, right := s.frame(c, 1), s.frame(c, 2)
	o := frame.AsofOptions{Within: -1, Suffix: "_r"}
	s.eachOption(c, 3, func(name string, v luavm.Value) (err error) {
		switch name {
		case "within":
			o.Within, err = lengthOf(v)
		case "strict":
			err = truthOf(v, &o.Strict)
		case "direction":
			direction := ""
			if err = stringOf(v, &direction); err == nil {
				o.Direction, err = frame.ParseDirection(direction)
			}
		case "suffix":
			err = stringOf(v, &o.Suffix)
		case "by":
			err = stringOf(v, &o.By)
		default:
			err = unknownName(name, "within", "strict", "direction", "suffix", "by")
		}
		return err
	})
	joined, err := left.Asof(host, right.Frame, o)
	s.returnFrame(c, joined, joinError(err, 3, &argError{3, optionError("suffix", err)}))
}

// joinError returns err, of a join whose options are argument opts, as the error of an
// argument. newNames is that of the names of the columns that the join adds.
func joinError(err error, opts int, newNames error) error {
	e := (*frame.JoinError)(nil)
	if !errors.As(err, &e) {
		return err
	}
	switch e.Part {
	case frame.LeftFrame:
		return &argError{1, e.Err}
	case frame.RightFrame:
		return &argError{2, e.Err}
	case frame.KeyColumn:
		return &argError{opts, optionError("by", e.Err)}
	case frame.Aggregates:
		return &argError{5, e.Err} // only windows have some
	}
	return newNames
}

// lengthOf reads a duration that is not less than 0.
func lengthOf(v luavm.Value) (us int64, err error) {
	us, err = durationOf(v)
	if err == nil && us < 0 {
		err = expected("duration of at least 0", v)
	}
	return us, err
}

func frameWindow(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameWindowSig
	left, right := s.frame(c, 1), s.frame(c, 2)
	var o frame.WindowOptions
	var err error
	if o.From, err = durationOf(c.Arg(3)); err != nil {
		s.throw(c, &argError{3, err})
	}
	if o.To, err = durationOf(c.Arg(4)); err != nil {
		s.throw(c, &argError{4, err})
	}
	if o.From > o.To {
		s.throw(c, &argError{4, errors.New("an end that is not before the beginning of the window expected, got " + describe(c, 4))})
	}
	all := s.aggregates(c, 5)
	s.eachOption(c, 6, func(name string, v luavm.Value) error {
		switch name {
		case "prevailing":
			return truthOf(v, &o.Prevailing)
		case "by":
			return stringOf(v, &o.By)
		}
		return unknownName(name, "prevailing", "by")
	})
	joined, err := left.Window(host, right.Frame, o, all)
	s.returnFrame(c, joined, joinError(err, 6, &argError{5, err}))
}

// frameIterator iterates over the rows of a frame.
type frameIterator struct {
	frame  *frameValue
	next   int // row, from 0 on
	each   []cells
	values []luavm.Value // of a row
}

// EachMemory implements luavm.MemorySharer.
func (it *frameIterator) EachMemory(count func(at *byte, bytes int64) (first bool)) {
	it.frame.EachMemory(count)
}

// frameRows iterates over rows as tables.
func frameRows(c *luavm.Call) {
	it := &frameIterator{frame: frameRowsSig.frame(c, 1)}
	c.Return(luavm.NewFunctionWith("(rows)", it, it.nextRow).Value())
}

func (it *frameIterator) nextRow(c *luavm.Call) {
	it.next++
	c.Return(it.frame.row(c, float64(it.next)))
}

// frameEach iterates over the values of some columns, without a table a row.
func frameEach(c *luavm.Call) {
	s := &frameEachSig
	f := s.frame(c, 1)
	columns := f.Columns()
	if c.NumArgs() > 1 {
		chosen, err := f.Select(s.names(c, 2))
		if err != nil {
			s.throw(c, &argError{2, err})
		}
		columns = chosen.Columns()
	}
	if len(columns) == 0 || len(columns) > luavm.MaxResults {
		s.throw(c, &argError{2, fmt.Errorf("1 to %d columns expected, got %d", luavm.MaxResults, len(columns))})
	}
	it := &frameIterator{frame: f, each: cellsOf(columns), values: make([]luavm.Value, len(columns))}
	c.Return(luavm.NewFunctionWith("(each)", it, it.nextValues).Value())
}

func (it *frameIterator) nextValues(c *luavm.Call) {
	i := it.next
	if i >= it.frame.Rows() {
		c.Return(luavm.Nil)
		return
	}
	it.next++
	for k := range it.each {
		it.values[k] = it.each[k].scalar(i)
	}
	c.Return(it.values...)
}

// groupsValue is what a script holds of groups, as the value of a userdata.
type groupsValue struct{ *frame.Groups }

// groupsArg is the name of the first argument of each method of groups.
const groupsArg = "groups"

var (
	groupAggSig    = newSignature("agg", groupsArg, "aggregates")
	groupFramesSig = newSignature("frames", groupsArg)
)

func frameGroup(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &frameGroupSig
	f := s.frame(c, 1)
	g, err := f.Group(host, s.names(c, 2))
	if err != nil {
		s.throw(c, &argError{2, err})
	}
	c.Return(luavm.NewUserData(&groupsValue{g}, moduleOf(c).groupsMetatable()))
}

type groupsMetatableKey struct{}

// groupsMetatable returns the metatable of groups.
func (m *Module) groupsMetatable() *luavm.Table {
	return m.state.Once(groupsMetatableKey{}, func() any {
		methods := luavm.NewTable(0, len(GroupMethods))
		for _, f := range GroupMethods {
			methods.SetString(f.Name, luavm.NewFunctionWith(f.Name, asMethod{}, f.call).Value())
		}
		methods.SetMetaTable(strict("groups", GroupMethods))
		t := luavm.NewTable(0, 4)
		t.SetString("__index", methods.Value())
		t.SetString("__len", luavm.NewFunction("__len", func(c *luavm.Call) {
			n := 0
			if g, ok := c.Arg(1).Data().(*groupsValue); ok {
				n = g.Len()
			}
			c.Return(luavm.Int(n))
		}).Value())
		t.SetString("__metatable", luavm.Intern("micro_ts groups").Value())
		return t
	}).(*luavm.Table)
}

// groups returns the groups that are the first argument.
func (s *signature) groups(c *luavm.Call) *groupsValue {
	g, ok := c.Arg(1).Data().(*groupsValue)
	if !ok {
		s.bad(c, 1, "groups, as group returns them,")
	}
	return g
}

func groupAgg(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &groupAggSig
	g := s.groups(c)
	made, err := g.Aggregate(host, s.aggregates(c, 2))
	s.returnFrame(c, made, argumentError(2, err))
}

// groupFrames iterates over the groups: the frame of each, and its values of the columns by
// which the rows are grouped.
func groupFrames(c *luavm.Call) {
	s := &groupFramesSig
	g := s.groups(c)
	names, next := g.Names(), 0
	c.Return(luavm.NewFunctionWith("(frames)", g, func(c *luavm.Call) {
		if next == g.Len() {
			c.Return(luavm.Nil)
			return
		}
		host := hold(c)
		defer host.end()
		f := g.Frame(host, next)
		next++
		v, err := newFrame(c, f)
		if err != nil {
			s.throw(c, err)
		}
		values := []luavm.Value{v}
		for _, name := range names {
			column, err := f.Column(name)
			if err != nil {
				s.throw(c, err)
			}
			r := newCells(column)
			values = append(values, r.scalar(0))
		}
		c.Return(values...)
	}).Value())
}
