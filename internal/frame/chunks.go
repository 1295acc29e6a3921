package frame

import "microts/internal/hugepage"

// chunks collects the values of a column whose length is not known. So that it copies each
// value once, it keeps chunks until it knows.
type chunks[T any] struct {
	full [][]T
	last []T
	n    int // values in full
}

// add returns place for n values more.
func (c *chunks[T]) add(h Host, n int) []T {
	const least, most = 1 << 10, 1 << 20
	if cap(c.last)-len(c.last) < n {
		if len(c.last) > 0 {
			c.full, c.n = append(c.full, c.last), c.n+len(c.last)
		}
		size := max(n, min(max(c.n, least), most))
		h.Room(size * 8)
		c.last = hugepage.Make[T](size)[:0]
	}
	at := len(c.last)
	c.last = c.last[:at+n]
	return c.last[at:]
}

// join returns all values, and forgets them.
func (c *chunks[T]) join(h Host) []T {
	if c.full == nil {
		all := c.last
		c.last = nil
		return all
	}
	n := c.n + len(c.last)
	h.Room(n * 8)
	all := hugepage.Make[T](n)[:0]
	for i, chunk := range append(c.full, c.last) {
		h.CheckStop()
		all = append(all, chunk...)
		if i < len(c.full) {
			c.full[i] = nil
		}
		h.Free(cap(chunk) * 8)
	}
	*c = chunks[T]{}
	return all
}
