package lib

import (
	"slices"
	"strings"

	"microts/internal/luavm"
)

// sortTable is table.sort(t [, less]).
func sortTable(c *luavm.Call) {
	t := table(c, 1)
	s := sorter{c: c, t: t}
	if !c.Arg(2).IsNil() {
		s.less = c.Function(2)
	}
	n := t.RawLen()
	if own, ok := t.AsTable(); ok {
		s.items = own.Items(n)
	}
	if !s.less.IsNil() || !sortPlain(c, s.items) {
		s.sort(1, n)
	}
	c.Return()
}

// sortPlain sorts values that are all strings, or all numbers and no NaN. It reports
// whether they are.
func sortPlain(c *luavm.Call, values []luavm.Value) bool {
	if len(values) < 2 {
		return false
	}
	numbers := values[0].IsNumber()
	for _, v := range values {
		if numbers && (!v.IsNumber() || v.Float() != v.Float()) || !numbers && !v.IsString() {
			return false
		}
	}
	if !numbers {
		slices.SortFunc(values, func(a, b luavm.Value) int { return strings.Compare(a.Text(), b.Text()) })
		return true
	}
	const numberSize = 8
	c.Room(len(values) * numberSize)
	floats := make([]float64, len(values))
	for i, v := range values {
		floats[i] = v.Float()
	}
	slices.Sort(floats)
	for i, f := range floats {
		values[i] = luavm.Number(f)
	}
	return true
}

// sorter sorts a table with a quicksort that compares the same values in the same
// order as LuaJIT's: so it finds the same faults of an order function.
type sorter struct {
	c     *luavm.Call
	t     luavm.Value
	less  luavm.Value   // the order function, or nil
	items []luavm.Value // the values, if they stand side by side
}

func (s *sorter) get(i int) luavm.Value {
	if uint(i-1) < uint(len(s.items)) {
		return s.items[i-1]
	}
	return s.t.RawGet(luavm.Int(i))
}

func (s *sorter) set(i int, v luavm.Value) {
	if uint(i-1) < uint(len(s.items)) {
		s.items[i-1] = v
		return
	}
	s.c.RawSet(s.t, luavm.Int(i), v)
}

func (s *sorter) before(a, b luavm.Value) bool {
	if s.less.IsNil() {
		return s.c.Less(a, b)
	}
	return s.c.Call1(s.less, a, b).Truth()
}

// order swaps the values of low and high if they are in the wrong order.
func (s *sorter) order(low, high int) {
	a, b := s.get(low), s.get(high)
	if s.before(b, a) {
		s.set(low, b)
		s.set(high, a)
	}
}

// sort sorts the values of the keys low to high.
func (s *sorter) sort(low, high int) {
	for low < high {
		s.order(low, high)
		if high-low == 1 {
			return
		}
		middle := (low + high) / 2
		s.orderMiddle(low, middle, high)
		if high-low == 2 {
			return
		}
		pivot := s.get(middle)
		s.swap(middle, high-1)
		at := s.partition(low, high, pivot)
		s.swap(high-1, at)
		if at-low < high-at {
			s.sort(low, at-1)
			low = at + 1
		} else {
			s.sort(at+1, high)
			high = at - 1
		}
	}
}

// orderMiddle brings the middle value, whose neighbours low and high are in order, to
// its place.
func (s *sorter) orderMiddle(low, middle, high int) {
	a, m := s.get(low), s.get(middle)
	if s.before(m, a) {
		s.set(middle, a)
		s.set(low, m)
		return
	}
	if b := s.get(high); s.before(b, m) {
		s.set(middle, b)
		s.set(high, m)
	}
}

func (s *sorter) swap(i, j int) {
	a, b := s.get(i), s.get(j)
	s.set(i, b)
	s.set(j, a)
}

// partition puts the values below the pivot, which stands at the key high-1, before the
// others, and returns the key of the first of these.
func (s *sorter) partition(low, high int, pivot luavm.Value) int {
	i, j := low, high-1
	for {
		i++
		for s.before(s.get(i), pivot) {
			if i >= high {
				s.invalid()
			}
			i++
		}
		j--
		for s.before(pivot, s.get(j)) {
			if j <= low {
				s.invalid()
			}
			j--
		}
		if j < i {
			return i
		}
		s.swap(i, j)
	}
}

func (s *sorter) invalid() { s.c.Errorf("invalid order function for sorting") }
