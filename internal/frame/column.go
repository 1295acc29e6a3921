package frame

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"microts/internal/hugepage"
)

// Kind is the type of the values of a column.
type Kind uint8

// The kinds.
const (
	Float    Kind = iota // float64; a missing one is NaN
	Int                  // int64
	Time                 // int64: µs since 1970
	Unsigned             // uint64
	Text                 // strings
	Mask                 // true or false
)

// String returns the name of a kind.
func (k Kind) String() string {
	return [...]string{"float", "integer", "time", "unsigned integer", "text", "mask"}[k]
}

// size returns how many bytes a value takes.
func (k Kind) size() int {
	switch k {
	case Text:
		return 4
	case Mask:
		return 1
	}
	return 8
}

// Column is a name and values of one kind. Of its slices that of its kind has the values.
type Column struct {
	Name string
	Kind Kind

	floats   []float64
	ints     []int64 // Int and Time
	unsigned []uint64
	codes    []uint32 // Text: indices in words
	words    *Words
	truths   []bool
	missing  []bool // of the rows; nil: none is missing. Of Float, NaN is missing

	home   home
	cached []float64 // what Floats made
	order  order
}

// home is the memory that the values of a column are in, which other columns may share.
type home struct {
	at    *byte
	bytes int64
}

// homeOf returns the memory of a slice.
func homeOf[T any](s []T) home {
	var v T
	return home{(*byte)(unsafe.Pointer(unsafe.SliceData(s))), int64(cap(s)) * int64(unsafe.Sizeof(v))}
}

// The functions below make columns. The column keeps the slices, which nobody may change
// any more.

// NewFloats makes a column of floats.
func NewFloats(name string, values []float64) *Column {
	return &Column{Name: name, Kind: Float, floats: values, home: homeOf(values)}
}

// NewInts makes a column of integers.
func NewInts(name string, values []int64) *Column {
	return &Column{Name: name, Kind: Int, ints: values, home: homeOf(values)}
}

// NewTimes makes a column of times in µs.
func NewTimes(name string, values []int64) *Column {
	return &Column{Name: name, Kind: Time, ints: values, home: homeOf(values)}
}

// NewUnsigned makes a column of unsigned integers.
func NewUnsigned(name string, values []uint64) *Column {
	return &Column{Name: name, Kind: Unsigned, unsigned: values, home: homeOf(values)}
}

// NewText makes a column of the words with some codes.
func NewText(name string, codes []uint32, words *Words) *Column {
	return &Column{Name: name, Kind: Text, codes: codes, words: words, home: homeOf(codes)}
}

// NewMask makes a column of truth values.
func NewMask(name string, values []bool) *Column {
	return &Column{Name: name, Kind: Mask, truths: values, home: homeOf(values)}
}

// NewNumbers makes a column of floats, or of integers if all of them are whole and exact.
// Those of rows that are missing are NaN; missing is nil if none is.
func NewNumbers(name string, values []float64, missing []bool) *Column {
	for i, v := range values {
		if (v != math.Trunc(v) || math.Abs(v) > maxExact) && (missing == nil || !missing[i]) {
			return NewFloats(name, values)
		}
	}
	whole := make([]int64, len(values))
	for i, v := range values {
		if missing == nil || !missing[i] {
			whole[i] = int64(v)
		}
	}
	return NewInts(name, whole).WithMissing(missing)
}

// WithMissing returns the column, which nobody has yet, without values in the rows that
// missing names; nil is none. Of a column of floats, NaN says so instead.
func (c *Column) WithMissing(missing []bool) *Column {
	c.missing = missing
	return c
}

// Repeat makes a column of n times the same text.
func Repeat(h Host, name, text string, n int) *Column {
	h.Room(n * Text.size())
	words := &Words{}
	words.Code(text)
	return NewText(name, make([]uint32, n), words)
}

// Words are the different texts of a column. Only who makes a column adds some.
type Words struct {
	list  []string
	index map[string]uint32
	bytes int64
}

// Code returns the code of a text, which it adds if it is new.
func (w *Words) Code(text string) uint32 {
	code, ok := w.index[text]
	if !ok {
		if w.index == nil {
			w.index = map[string]uint32{}
		}
		const entry = 64 // bytes, about
		code = uint32(len(w.list))
		w.list, w.bytes = append(w.list, text), w.bytes+int64(len(text))+entry
		w.index[text] = code
	}
	return code
}

// Len returns the number of rows.
func (c *Column) Len() int {
	switch c.Kind {
	case Float:
		return len(c.floats)
	case Unsigned:
		return len(c.unsigned)
	case Text:
		return len(c.codes)
	case Mask:
		return len(c.truths)
	}
	return len(c.ints)
}

// Missing says whether row i has no value.
func (c *Column) Missing(i int) bool {
	if c.Kind == Float {
		return c.floats[i] != c.floats[i]
	}
	return c.missing != nil && c.missing[i]
}

// AnyMissing says whether a row has no value, of a column that is not one of floats.
func (c *Column) AnyMissing() bool { return slices.Contains(c.missing, true) }

// The methods below return the value of row i of a column of their kind.

// Float returns a float.
func (c *Column) Float(i int) float64 { return c.floats[i] }

// Int returns an integer or a time.
func (c *Column) Int(i int) int64 { return c.ints[i] }

// Unsigned returns an unsigned integer.
func (c *Column) Unsigned(i int) uint64 { return c.unsigned[i] }

// Text returns a text.
func (c *Column) Text(i int) string { return c.words.list[c.codes[i]] }

// Truth returns a truth value.
func (c *Column) Truth(i int) bool { return c.truths[i] }

// Times returns the values of a column of integers or times, which the caller must not
// change. Those of missing rows are 0.
func (c *Column) Times() []int64 { return c.ints }

// Codes returns the values of a column of texts as indices in words, which the caller must
// not change.
func (c *Column) Codes() (codes []uint32, words []string) { return c.codes, c.words.list }

// maxExact is up to which magnitude a float64 holds each integer.
const maxExact = 1 << 53

// Floats returns the values as floats, NaN for missing ones, which the caller must not
// change. It is an error if the column is one of texts, or has an integer that no float
// holds.
func (c *Column) Floats(h Host) ([]float64, error) {
	switch {
	case c.Kind == Float:
		return c.floats, nil
	case c.Kind == Text:
		return nil, fmt.Errorf("column %q: numbers expected, got texts", c.Name)
	case c.cached != nil:
		return c.cached, nil
	}
	n := c.Len()
	h.Room(n * Float.size())
	values := hugepage.Make[float64](n)
	exact := true
	inSteps(h, n, func(from, to int) {
		for i := from; i < to; i++ {
			switch {
			case c.missing != nil && c.missing[i]:
				values[i] = math.NaN()
			case c.Kind == Unsigned:
				values[i] = float64(c.unsigned[i])
				exact = exact && c.unsigned[i] <= maxExact
			case c.Kind == Mask:
				if c.truths[i] {
					values[i] = 1
				}
			default:
				values[i] = float64(c.ints[i])
				exact = exact && -maxExact <= c.ints[i] && c.ints[i] <= maxExact
			}
		}
	})
	if !exact {
		return nil, fmt.Errorf("column %q: has integers beyond 2^53, which no number holds exactly: rows have them as texts", c.Name)
	}
	c.cached = values
	return values, nil
}

// named returns the column under another name.
func (c *Column) named(name string) *Column {
	if c.Name == name {
		return c
	}
	d := *c
	d.Name = name
	return &d
}

// slice returns the rows from (included) to to (not included).
func (c *Column) slice(from, to int) *Column {
	d := *c
	d.order = order{}
	d.floats, d.ints, d.unsigned = part(c.floats, from, to), part(c.ints, from, to), part(c.unsigned, from, to)
	d.codes, d.truths = part(c.codes, from, to), part(c.truths, from, to)
	d.missing, d.cached = part(c.missing, from, to), part(c.cached, from, to)
	return &d
}

func part[T any](s []T, from, to int) []T {
	if s == nil {
		return nil
	}
	return s[from:to:to]
}

// noRow is the number of no row: take makes a missing value of it.
const noRow = -1

// take returns the rows of some numbers, in this order. A row may come more than once.
func (c *Column) take(h Host, rows []int32) *Column {
	h.Room(len(rows) * c.Kind.size())
	d := &Column{Name: c.Name, Kind: c.Kind, words: c.words}
	switch c.Kind {
	case Float:
		d.floats = taken(h, c.floats, rows, math.NaN())
		d.home = homeOf(d.floats)
		return d
	case Unsigned:
		d.unsigned = taken(h, c.unsigned, rows, 0)
		d.home = homeOf(d.unsigned)
	case Text:
		d.codes = taken(h, c.codes, rows, 0)
		d.home = homeOf(d.codes)
		if len(c.words.list) == 0 {
			d.words = &Words{}
			d.words.Code("")
		}
	case Mask:
		d.truths = taken(h, c.truths, rows, false)
		d.home = homeOf(d.truths)
	default:
		d.ints = taken(h, c.ints, rows, 0)
		d.home = homeOf(d.ints)
	}
	d.missing = c.takeMissing(h, rows)
	return d
}

func taken[T any](h Host, values []T, rows []int32, none T) []T {
	to := hugepage.Make[T](len(rows))
	inSteps(h, len(rows), func(from, end int) {
		for i := from; i < end; i++ {
			if row := rows[i]; row >= 0 {
				to[i] = values[row]
			} else {
				to[i] = none
			}
		}
	})
	return to
}

// takeMissing returns which of the rows are missing, nil if none is.
func (c *Column) takeMissing(h Host, rows []int32) (missing []bool) {
	inSteps(h, len(rows), func(from, end int) {
		for i := from; i < end; i++ {
			if row := rows[i]; row < 0 || c.missing != nil && c.missing[row] {
				if missing == nil {
					h.Room(len(rows))
					missing = make([]bool, len(rows))
				}
				missing[i] = true
			}
		}
	})
	return missing
}

// eachMemory calls count for the memory of the column: see luavm.MemorySharer.
func (c *Column) eachMemory(count func(at *byte, bytes int64) bool) {
	add := func(h home) {
		if h.bytes > 0 {
			count(h.at, h.bytes)
		}
	}
	add(c.home)
	add(homeOf(c.missing))
	add(homeOf(c.cached))
	if c.words != nil && count((*byte)(unsafe.Pointer(c.words)), c.words.bytes) {
		return
	}
}
