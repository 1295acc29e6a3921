package frame

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"microts/internal/suggest"
	"microts/internal/tick"
)

// Frame is columns of one length. One of them may be the time axis: joins and windows go
// by it, and the series that scripts make of other columns have it.
type Frame struct {
	columns []*Column
	rows    int
	axis    *Column // one of columns, or nil

	Zone    *time.Location // in which times are shown
	LeftOut int            // ticks that belong to no bar
	Skipped int            // values that did not fit
}

// New makes a frame. Its times are shown in a zone, nil is Asia/Shanghai. axis is the name
// of the time axis, "" is none.
func New(zone *time.Location, axis string, columns ...*Column) (*Frame, error) {
	if zone == nil {
		zone = tick.Shanghai
	}
	f := &Frame{columns: columns, Zone: zone}
	for i, c := range columns {
		switch {
		case c.Name == "":
			return nil, fmt.Errorf("column %d has no name", i+1)
		case f.find(c.Name) != c:
			return nil, fmt.Errorf("two columns have the name %q", c.Name)
		case i > 0 && c.Len() != f.rows:
			return nil, fmt.Errorf("column %q has %d rows, not %d as column %q", c.Name, c.Len(), f.rows, columns[0].Name)
		}
		f.rows = c.Len()
	}
	if axis == "" {
		return f, nil
	}
	return f.WithAxis(axis)
}

// with returns a frame of other columns. Its axis is the column that has the name of f's
// axis, if it is one of times.
func (f *Frame) with(columns []*Column) *Frame {
	g := &Frame{columns: columns, Zone: f.Zone, LeftOut: f.LeftOut, Skipped: f.Skipped}
	if len(columns) > 0 {
		g.rows = columns[0].Len()
	}
	if f.axis != nil {
		if c := g.find(f.axis.Name); c != nil && c.Kind == Time {
			g.axis = c
		}
	}
	return g
}

// Rows returns the number of rows.
func (f *Frame) Rows() int { return f.rows }

// Columns returns the columns, in their order.
func (f *Frame) Columns() []*Column { return f.columns }

// Names returns the names of the columns, in their order.
func (f *Frame) Names() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.Name
	}
	return names
}

// Axis returns the time axis, or nil.
func (f *Frame) Axis() *Column { return f.axis }

// WithAxis returns the frame with another column as the time axis: one of times, or of
// integers, which are times in µs then.
func (f *Frame) WithAxis(name string) (*Frame, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	g := *f
	switch c.Kind {
	case Time:
	case Int:
		times := *c
		times.Kind = Time
		c = &times
		g.columns = slices.Clone(f.columns)
		g.columns[slices.IndexFunc(g.columns, func(d *Column) bool { return d.Name == name })] = c
	default:
		return nil, fmt.Errorf("column %q: times or integers expected for a time axis, got a column of kind %v", name, c.Kind)
	}
	g.axis = c
	return &g, nil
}

// find returns the column of a name, or nil.
func (f *Frame) find(name string) *Column {
	for _, c := range f.columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Column returns the column of a name. The error suggests a near name.
func (f *Frame) Column(name string) (*Column, error) {
	if c := f.find(name); c != nil {
		return c, nil
	}
	return nil, unknown("column", name, f.Names())
}

// unknown is the error of a name that is not among some.
func unknown(what, name string, known []string) error {
	hint := "there are " + strings.Join(known, ", ")
	if near := suggest.Nearest(name, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if len(known) == 0 {
		hint = "there are none"
	}
	return fmt.Errorf("unknown %s %q; %s", what, name, hint)
}

// times returns the times of the axis, which must ascend.
func (f *Frame) times() ([]int64, error) {
	c := f.axis
	if c == nil {
		return nil, fmt.Errorf("a frame with a time axis expected, got one of the columns %s", strings.Join(f.Names(), ", "))
	}
	if at := c.ascends(); at >= 0 {
		if c.Missing(at) {
			return nil, fmt.Errorf("the time axis %q has no time in row %d", c.Name, at+1)
		}
		return nil, fmt.Errorf("the time axis %q is not sorted: row %d has %s after %s; sort it first", c.Name, at+1,
			tick.FormatTime(c.ints[at], f.Zone), tick.FormatTime(c.ints[at-1], f.Zone))
	}
	return c.ints, nil
}

// order is what is known of whether the values of a column of times ascend.
type order struct {
	known bool
	bad   int // the first row that is less than the one before it, or missing; -1: none
}

// ascends returns the first row of a column of times that is less than the one before it, or
// missing; -1 if there is none.
func (c *Column) ascends() int {
	if !c.order.known {
		c.order = order{true, firstDescent(c)}
	}
	return c.order.bad
}

func firstDescent(c *Column) int {
	if c.missing != nil {
		if i := slices.Index(c.missing, true); i >= 0 {
			return i
		}
	}
	for i := 1; i < len(c.ints); i++ {
		if c.ints[i] < c.ints[i-1] {
			return i
		}
	}
	return -1
}

// EachMemory implements luavm.MemorySharer.
func (f *Frame) EachMemory(count func(at *byte, bytes int64) (first bool)) {
	for _, c := range f.columns {
		c.eachMemory(count)
	}
}
