package series

// halves is a statistic that does not subtract what leaves the window, so that it keeps
// nothing of it: no rounding, no NaN, no infinity.
//
// The values stand in two halves, front and back. New ones go to the end of back, and what
// they add up to, a part, is kept with it. Old ones leave from the begin of front, which has
// a part for each value: what it and those behind it add up to. The statistic joins two
// parts. If front is empty, the values of back become front, added up anew from the last one
// to the first: so each value is added twice, however long the window is.
type halves interface {
	// inFront returns how many values front has.
	inFront() int

	// drop lets the first n values of front leave. It has as many.
	drop(n int)

	// turn makes back, which has values, the front, which has none.
	turn()

	// rows adds values, as run of a statistic. If full is set, front has as many.
	rows(z, x, y []float64, full bool)
}

// halved makes a statistic of halves.
type halved struct{ halves }

func (h halved) leave(n int) {
	for n > 0 {
		if h.inFront() == 0 {
			h.turn()
		}
		some := min(n, h.inFront())
		h.drop(some)
		n -= some
	}
}

func (h halved) run(z, x, y []float64, full bool) {
	for len(z) > 0 {
		n := len(z)
		if full {
			if h.inFront() == 0 {
				h.turn()
			}
			n = min(n, h.inFront())
		}
		h.rows(z[:n], x[:n], y[:n], full)
		z, x, y = z[n:], x[n:], y[n:]
	}
}

// front has the part of each value, and an empty part behind the last one.
type front[P any] struct {
	parts []P
	gone  int // how many have left
}

func (f *front[P]) inFront() int { return max(len(f.parts)-1-f.gone, 0) }

func (f *front[P]) drop(n int) { f.gone += n }

// renew returns room for n parts, with an empty one behind them.
func (f *front[P]) renew(n int, empty P) []P {
	if cap(f.parts) <= n {
		f.parts = make([]P, n+1)
	}
	f.parts, f.gone = f.parts[:n+1], 0
	f.parts[n] = empty
	return f.parts[:n]
}

// first returns the parts that rows joins to what is in back: that of its row i is
// parts[i*step].
func (f *front[P]) first(full bool) (parts []P, step int) {
	if f.parts == nil {
		f.parts = make([]P, 1)
	}
	if full {
		return f.parts[f.gone+1:], 1
	}
	return f.parts[f.gone:], 0
}
