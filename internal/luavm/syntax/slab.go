package syntax

// slab allocates values of one type in pieces, each larger than the one before: a tree
// of many nodes costs few allocations.
type slab[T any] struct {
	free []T
	size int // of the last piece
}

// next returns a new zero value.
func (s *slab[T]) next() *T {
	if len(s.free) == 0 {
		s.grow()
	}
	made := &s.free[0]
	s.free = s.free[1:]
	return made
}

// put returns where a copy of a value stands.
func (s *slab[T]) put(value T) *T {
	made := s.next()
	*made = value
	return made
}

func (s *slab[T]) grow() {
	const smallest, largest = 4, 256
	s.size = min(max(2*s.size, smallest), largest)
	s.free = make([]T, s.size)
}

// list gathers the values of lists that may stand in each other: the items of a table
// in the items of a table.
type list[T any] struct {
	open []T // the values of all lists that are not finished
	slab slab[T]
}

// begin returns the mark of a new list. What is added from now on belongs to it.
func (l *list[T]) begin() int { return len(l.open) }

func (l *list[T]) add(value T) { l.open = append(l.open, value) }

// end returns the list that was begun with a mark; nil if nothing was added.
func (l *list[T]) end(mark int) []T {
	values := l.open[mark:]
	l.open = l.open[:mark]
	n := len(values)
	if n == 0 {
		return nil
	}
	if n > len(l.slab.free) {
		const large = 64
		if n >= large {
			return append([]T(nil), values...)
		}
		l.slab.grow()
		if n > len(l.slab.free) {
			return append([]T(nil), values...)
		}
	}
	made := l.slab.free[:n:n]
	copy(made, values)
	l.slab.free = l.slab.free[n:]
	return made
}
