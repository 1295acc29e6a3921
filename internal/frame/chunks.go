package frame

// chunks collects the values of a column whose length is not known. So that it copies each
// value once, it keeps chunks until it knows.
type chunks[T any] struct {
	full [][]T
	last []T
	n    int // values in full
}

// add returns place for n values more.
func (c *chunks[T]) add(h Host, n int) []T {
	const least, most = 1 << 10, 1 << 16
	if cap(c.last)-len(c.last) < n {
		if len(c.last) > 0 {
			c.full, c.n = append(c.full, c.last), c.n+len(c.last)
		}
		size := max(n, min(max(c.n, least), most))
		h.Room(size * 8)
		c.last = make([]T, 0, size)
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
	all := make([]T, 0, n)
	for i, chunk := range append(c.full, c.last) {
		h.CheckStop()
		all = append(all, chunk...)
		if i < len(c.full) {
			c.full[i] = nil
		}
	}
	*c = chunks[T]{}
	return all
}
