package frame

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Slice returns the rows from (included) to to (not included), which exist.
func (f *Frame) Slice(from, to int) *Frame {
	if from == 0 && to == f.rows {
		return f
	}
	columns := make([]*Column, len(f.columns))
	for i, c := range f.columns {
		columns[i] = c.slice(from, to)
	}
	g := f.with(columns)
	g.rows = to - from
	return g
}

// Head returns the first n rows, or all.
func (f *Frame) Head(n int) *Frame { return f.Slice(0, min(n, f.rows)) }

// Tail returns the last n rows, or all.
func (f *Frame) Tail(n int) *Frame { return f.Slice(f.rows-min(n, f.rows), f.rows) }

// take returns the rows of some numbers.
func (f *Frame) take(h Host, rows []int32) *Frame {
	columns := make([]*Column, len(f.columns))
	for i, c := range f.columns {
		columns[i] = c.take(h, rows)
	}
	g := f.with(columns)
	g.rows = len(rows)
	return g
}

// Select returns the columns of some names, in this order.
func (f *Frame) Select(names []string) (*Frame, error) {
	columns := make([]*Column, 0, len(names))
	for _, name := range names {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(columns, c) {
			return nil, fmt.Errorf("column %q is named twice", name)
		}
		columns = append(columns, c)
	}
	g := f.with(columns)
	g.rows = f.rows
	return g, nil
}

// With returns the frame with more columns. A column of a name that f has takes its place;
// others come behind.
func (f *Frame) With(more ...*Column) (*Frame, error) {
	columns := slices.Clone(f.columns)
	for _, c := range more {
		if c.Name == "" {
			return nil, errors.New("a name for the column expected")
		}
		if c.Len() != f.rows && len(f.columns) > 0 {
			return nil, fmt.Errorf("column %q: %d values expected, as the frame has rows, got %d", c.Name, f.rows, c.Len())
		}
		if i := slices.IndexFunc(columns, func(d *Column) bool { return d.Name == c.Name }); i >= 0 {
			columns[i] = c
		} else {
			columns = append(columns, c)
		}
	}
	return f.with(columns), nil
}

// Where returns the rows for which a mask is true: neither 0 nor NaN.
func (f *Frame) Where(h Host, mask []float64) (*Frame, error) {
	if len(mask) != f.rows {
		return nil, fmt.Errorf("a mask of %d values expected, as the frame has rows, got %d", f.rows, len(mask))
	}
	return f.where(h, func(i int) bool { m := mask[i]; return m != 0 && m == m }), nil
}

// where returns the rows for which keep returns true.
func (f *Frame) where(h Host, keep func(i int) bool) *Frame {
	h.Room(4 * f.rows)
	rows := make([]int32, 0, f.rows)
	inSteps(h, f.rows, func(from, to int) {
		for i := from; i < to; i++ {
			if keep(i) {
				rows = append(rows, int32(i))
			}
		}
	})
	if len(rows) == f.rows {
		return f
	}
	return f.take(h, rows)
}

// WhereText returns the rows whose column of texts has one of some texts.
func (f *Frame) WhereText(h Host, name string, texts ...string) (*Frame, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	if c.Kind != Text {
		return nil, fmt.Errorf("column %q: texts expected, got a column of kind %v", name, c.Kind)
	}
	wanted := make([]bool, len(c.words.list))
	for _, text := range texts {
		if code, ok := c.words.index[text]; ok {
			wanted[code] = true
		}
	}
	return f.where(h, func(i int) bool { return wanted[c.codes[i]] && !c.Missing(i) }), nil
}

// WhereNumber returns the rows whose column has one of some numbers.
func (f *Frame) WhereNumber(h Host, name string, numbers ...float64) (*Frame, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	values, err := c.Floats(h)
	if err != nil {
		return nil, err
	}
	return f.where(h, func(i int) bool { return slices.Contains(numbers, values[i]) }), nil
}

// Sort returns the rows in the order of a column, or in descending order. Rows of equal
// values stay in their order; missing values come last.
func (f *Frame) Sort(h Host, name string, descending bool) (*Frame, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	if !descending && c.Kind == Time && c.ascends() < 0 {
		return f, nil
	}
	rows := missingLast(c, sortedRows(h, c.sortKeys(h, descending)))
	h.Free(f.rows * (8 + 8 + 4)) // keys, twice, and rows
	return f.take(h, rows), nil
}

// missingLast moves the rows without a value behind the others.
func missingLast(c *Column, rows []int32) []int32 {
	if c.missing == nil && c.Kind != Float {
		return rows
	}
	sorted := make([]int32, 0, len(rows))
	var missing []int32
	for _, row := range rows {
		if c.Missing(int(row)) {
			missing = append(missing, row)
		} else {
			sorted = append(sorted, row)
		}
	}
	return append(sorted, missing...)
}

// sortKeys returns integers that have the order of the values; 0 of missing ones.
func (c *Column) sortKeys(h Host, descending bool) []uint64 {
	const sign = 1 << 63
	n := c.Len()
	h.Room(n * 8)
	keys := make([]uint64, n)
	ranks := c.wordRanks(h)
	inSteps(h, n, func(from, to int) {
		for i := from; i < to; i++ {
			if c.Missing(i) {
				continue
			}
			var key uint64
			switch c.Kind {
			case Float:
				v := c.floats[i] + 0 // not -0
				key = math.Float64bits(v)
				if key&sign != 0 {
					key = ^key
				} else {
					key |= sign
				}
			case Unsigned:
				key = c.unsigned[i]
			case Text:
				key = uint64(ranks[c.codes[i]])
			case Mask:
				if c.truths[i] {
					key = 1
				}
			default:
				key = uint64(c.ints[i]) ^ sign
			}
			if descending {
				key = ^key
			}
			keys[i] = key
		}
	})
	return keys
}

// wordRanks returns the place of each word in the order of all; nil of a column that is not
// one of texts.
func (c *Column) wordRanks(h Host) []uint32 {
	if c.Kind != Text {
		return nil
	}
	byText := make([]uint32, len(c.words.list))
	for i := range byText {
		byText[i] = uint32(i)
	}
	stop := stopper{host: h}
	slices.SortFunc(byText, func(a, b uint32) int {
		stop.step(1)
		return strings.Compare(c.words.list[a], c.words.list[b])
	})
	ranks := make([]uint32, len(byText))
	for rank, code := range byText {
		ranks[code] = uint32(rank)
	}
	return ranks
}

// sortedRows returns the numbers of rows in the order of their keys; those of equal keys
// ascend. It changes keys. It sorts by one byte after the other, from the last one on, and
// leaves out bytes that all keys share.
func sortedRows(h Host, keys []uint64) []int32 {
	n := len(keys)
	h.Room(n * (8 + 4 + 4))
	rows, toKeys, toRows := make([]int32, n), make([]uint64, n), make([]int32, n)
	differ := uint64(0)
	for i := range rows {
		rows[i] = int32(i)
		differ |= keys[i] ^ keys[0]
	}
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var place [256]int
		for _, key := range keys {
			place[key>>shift&0xff]++
		}
		sum := 0
		for b, count := range place {
			place[b] = sum
			sum += count
		}
		inSteps(h, n, func(from, to int) {
			for i := from; i < to; i++ {
				b := keys[i] >> shift & 0xff
				toKeys[place[b]], toRows[place[b]] = keys[i], rows[i]
				place[b]++
			}
		})
		keys, toKeys, rows, toRows = toKeys, keys, toRows, rows
	}
	return rows
}

// Concat returns the rows of some frames, one behind the other. The frames have the same
// columns, of the same kinds; only integers and floats go together. The first one says the
// order of the columns.
func Concat(h Host, frames ...*Frame) (*Frame, error) {
	first := frames[0]
	total := 0
	for i, f := range frames {
		for _, c := range f.columns {
			if first.find(c.Name) == nil {
				return nil, fmt.Errorf("frame %d has a column %q, the first one has not", i+1, c.Name)
			}
		}
		if f.Zone.String() != first.Zone.String() {
			return nil, fmt.Errorf("frame %d has times of the zone %v, the first one of %v", i+1, f.Zone, first.Zone)
		}
		total += f.rows
	}
	columns := make([]*Column, len(first.columns))
	for i, c := range first.columns {
		var err error
		if columns[i], err = concatColumn(h, c.Name, frames, total); err != nil {
			return nil, err
		}
	}
	g := first.with(columns)
	g.rows, g.LeftOut, g.Skipped = total, 0, 0
	for _, f := range frames {
		g.LeftOut, g.Skipped = g.LeftOut+f.LeftOut, g.Skipped+f.Skipped
	}
	return g, nil
}

func concatColumn(h Host, name string, frames []*Frame, total int) (*Column, error) {
	kind := frames[0].find(name).Kind
	var parts []*Column
	anyMissing := false
	for i, f := range frames {
		c := f.find(name)
		switch {
		case c == nil:
			return nil, fmt.Errorf("frame %d has no column %q, the first one has", i+1, name)
		case c.Kind == kind:
		case kind <= Int && c.Kind <= Int:
			kind = Float
		default:
			return nil, fmt.Errorf("column %q is of kind %v in frame %d, of kind %v in the first one", name, c.Kind, i+1, frames[0].find(name).Kind)
		}
		parts = append(parts, c)
		anyMissing = anyMissing || c.missing != nil
	}
	h.Room(total * kind.size())
	c := &Column{Name: name, Kind: kind}
	switch kind {
	case Float:
		c.floats = make([]float64, 0, total)
		for _, p := range parts {
			values, err := p.Floats(h)
			if err != nil {
				return nil, err
			}
			c.floats = appendInSteps(h, c.floats, values)
		}
		c.home = homeOf(c.floats)
		return c, nil
	case Unsigned:
		c.unsigned = make([]uint64, 0, total)
		for _, p := range parts {
			c.unsigned = appendInSteps(h, c.unsigned, p.unsigned)
		}
		c.home = homeOf(c.unsigned)
	case Text:
		c.codes, c.words = make([]uint32, 0, total), &Words{}
		for _, p := range parts {
			c.appendText(h, p)
		}
		c.home = homeOf(c.codes)
	case Mask:
		c.truths = make([]bool, 0, total)
		for _, p := range parts {
			c.truths = appendInSteps(h, c.truths, p.truths)
		}
		c.home = homeOf(c.truths)
	default:
		c.ints = make([]int64, 0, total)
		for _, p := range parts {
			c.ints = appendInSteps(h, c.ints, p.ints)
		}
		c.home = homeOf(c.ints)
	}
	if anyMissing {
		h.Room(total)
		c.missing = make([]bool, 0, total)
		for _, p := range parts {
			if p.missing == nil {
				c.missing = c.missing[:len(c.missing)+p.Len()]
			} else {
				c.missing = append(c.missing, p.missing...)
			}
		}
	}
	return c, nil
}

func appendInSteps[T any](h Host, to, values []T) []T {
	inSteps(h, len(values), func(from, end int) { to = append(to, values[from:end]...) })
	return to
}

// appendText appends the texts of another column.
func (c *Column) appendText(h Host, other *Column) {
	codes := make([]uint32, len(other.words.list))
	inSteps(h, len(codes), func(from, to int) {
		for i, word := range other.words.list[from:to] {
			codes[from+i] = c.words.Code(word)
		}
	})
	inSteps(h, len(other.codes), func(from, to int) {
		for _, code := range other.codes[from:to] {
			c.codes = append(c.codes, codes[code])
		}
	})
}
