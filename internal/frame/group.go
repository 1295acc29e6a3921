package frame

import (
	"fmt"
	"math"
	"slices"
)

// Groups are the rows of a frame, in groups of equal values in some columns. The groups have
// the order in which their first rows stand.
type Groups struct {
	frame *Frame
	by    []*Column
	runs  runs
}

// Group groups the rows by the columns of some names. Missing values are equal.
func (f *Frame) Group(h Host, names []string) (*Groups, error) {
	g := &Groups{frame: f}
	for _, name := range names {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(g.by, c) {
			return nil, fmt.Errorf("column %q is named twice", name)
		}
		g.by = append(g.by, c)
	}
	h.Room(f.rows * 4)
	ids := make([]int32, f.rows)
	n := min(f.rows, 1)
	for _, c := range g.by {
		n = c.refine(h, ids, n)
	}
	g.runs = runsOf(h, ids, n)
	return g, nil
}

// mapEntry is about how many bytes an entry of a map from values to numbers takes.
const mapEntry = 48

// refine numbers the rows anew: those of equal numbers, which are below n, and equal values
// of the column get the same number. It returns how many numbers there are.
func (c *Column) refine(h Host, ids []int32, n int) int {
	if d, ok := c.dense(h); ok && n*(d.n+1) <= max(1<<16, 4*len(ids)) {
		return d.refine(h, ids, n)
	}
	type pair struct {
		id      int32
		missing bool
		value   uint64
	}
	numbers := map[pair]int32{}
	inSteps(h, len(ids), func(from, to int) {
		before := len(numbers)
		var last pair
		number := int32(noRow)
		for i := from; i < to; i++ {
			if p := (pair{ids[i], c.Missing(i), c.identity(i)}); p != last || number == noRow {
				var known bool
				if number, known = numbers[p]; !known {
					number = int32(len(numbers))
					numbers[p] = number
				}
				last = p
			}
			ids[i] = number
		}
		h.Room((len(numbers) - before) * mapEntry)
	})
	return len(numbers)
}

// dense are values that lie close together, as small numbers.
type dense struct {
	*Column
	least int64
	n     int // numbers are below it
}

// dense returns the values of a column as small numbers; ok is false if they are too many.
func (c *Column) dense(h Host) (d dense, ok bool) {
	const most = math.MaxInt32
	switch c.Kind {
	case Text:
		return dense{c, 0, len(c.words.list)}, true
	case Mask:
		return dense{c, 0, 2}, true
	case Int, Time:
	default:
		return dense{}, false
	}
	if len(c.ints) == 0 {
		return dense{c, 0, 0}, true
	}
	least, greatest := c.ints[0], c.ints[0] // a missing one is 0, which does no harm
	inSteps(h, len(c.ints), func(from, to int) {
		for _, v := range c.ints[from:to] {
			least, greatest = min(least, v), max(greatest, v)
		}
	})
	if size := uint64(greatest) - uint64(least); size < most {
		return dense{c, least, int(size) + 1}, true
	}
	return dense{}, false
}

// at returns the number of row i, n if it is missing.
func (d *dense) at(i int) int {
	switch {
	case d.Missing(i):
		return d.n
	case d.Kind == Text:
		return int(d.codes[i])
	}
	return int(d.whole(i) - d.least)
}

// refine is Column.refine with a table in the place of a map.
func (d *dense) refine(h Host, ids []int32, n int) int {
	h.Room(n * (d.n + 1) * 4)
	numbers := make([]int32, n*(d.n+1))
	for i := range numbers {
		numbers[i] = noRow
	}
	count := int32(0)
	inSteps(h, len(ids), func(from, to int) {
		for i := from; i < to; i++ {
			number := &numbers[int(ids[i])*(d.n+1)+d.at(i)]
			if *number == noRow {
				*number = count
				count++
			}
			ids[i] = *number
		}
	})
	return int(count)
}

// identity returns what equal values share, and only they; 0 of a missing one.
func (c *Column) identity(i int) uint64 {
	if c.Missing(i) {
		return 0
	}
	switch c.Kind {
	case Float:
		return math.Float64bits(c.floats[i] + 0)
	case Unsigned:
		return c.unsigned[i]
	case Text:
		return uint64(c.codes[i])
	}
	return uint64(c.whole(i))
}

// runsOf sorts rows by their numbers, from 0 to n-1; rows of the number noRow are left out.
func runsOf(h Host, ids []int32, n int) runs {
	h.Room(len(ids)*4 + n*4)
	r := runs{rows: make([]int32, len(ids)), starts: make([]int32, n+1)}
	next := make([]int32, n)
	for _, id := range ids {
		if id != noRow {
			next[id]++
		}
	}
	sum := int32(0)
	for id, count := range next {
		r.starts[id], next[id] = sum, sum
		sum += count
	}
	r.starts[n] = sum
	r.rows = r.rows[:sum]
	inSteps(h, len(ids), func(from, to int) {
		for i := from; i < to; i++ {
			if id := ids[i]; id != noRow {
				r.rows[next[id]] = int32(i)
				next[id]++
			}
		}
	})
	return r
}

// Len returns the number of groups.
func (g *Groups) Len() int { return g.runs.len() }

// Names returns the names of the columns by which the rows are grouped.
func (g *Groups) Names() []string {
	names := make([]string, len(g.by))
	for i, c := range g.by {
		names[i] = c.Name
	}
	return names
}

// Frame returns the rows of group i, from 0 on.
func (g *Groups) Frame(h Host, i int) *Frame { return g.frame.take(h, g.runs.group(i)) }

// Aggregate returns a frame with a row for each group: its values of the columns by which
// the rows are grouped, then the aggregates.
func (g *Groups) Aggregate(h Host, all []Aggregate) (*Frame, error) {
	h.Room(g.Len() * 4)
	firsts := make([]int32, g.Len())
	for i := range firsts {
		firsts[i] = g.runs.group(i)[0]
	}
	var columns []*Column
	for _, c := range g.by {
		columns = append(columns, c.take(h, firsts))
	}
	for i := range all {
		for _, c := range g.by {
			if c.Name == all[i].Name {
				return nil, fmt.Errorf("column %q: the rows are grouped by a column of this name", c.Name)
			}
		}
		c, err := all[i].overRuns(h, g.frame, &g.runs)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	result := g.frame.with(columns)
	result.rows, result.LeftOut, result.Skipped = g.Len(), 0, 0
	return result, nil
}

// EachMemory implements luavm.MemorySharer.
func (g *Groups) EachMemory(count func(at *byte, bytes int64) (first bool)) {
	g.frame.EachMemory(count)
	for _, rows := range [][]int32{g.runs.rows, g.runs.starts} {
		if home := homeOf(rows); home.bytes > 0 {
			count(home.at, home.bytes)
		}
	}
}
