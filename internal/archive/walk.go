package archive

import (
	"slices"

	"microts/internal/tick"
)

// walk goes through two scans of one instrument side by side, in the order of (time, seq),
// both with all columns. It calls f with consecutive rows that only one of them has, the
// other argument being nil, and with those that both have, as many of each; their values
// may differ. What f gets is valid until it returns.
func walk(x, y tick.ColumnBlocks, f func(x, y *tick.Columns) error) error {
	a, b := walker{blocks: x}, walker{blocks: y}
	for {
		if err := a.fill(); err != nil {
			return err
		}
		if err := b.fill(); err != nil {
			return err
		}
		var err error
		switch i, j := a.next, b.next; {
		case a.left() == 0 && b.left() == 0:
			return nil
		case b.left() == 0 || a.left() > 0 && a.before(&b):
			for a.left() > 0 && (b.left() == 0 || a.before(&b)) {
				a.next++
			}
			err = f(a.since(i), nil)
		case a.left() == 0 || b.before(&a):
			for b.left() > 0 && (a.left() == 0 || b.before(&a)) {
				b.next++
			}
			err = f(nil, b.since(j))
		default:
			for a.left() > 0 && b.left() > 0 && !a.before(&b) && !b.before(&a) {
				a.next++
				b.next++
			}
			err = f(a.since(i), b.since(j))
		}
		if err != nil {
			return err
		}
	}
}

// walker is one of two scans.
type walker struct {
	blocks tick.ColumnBlocks
	view   tick.Columns
	next   int
	ended  bool
}

// fill reads a block if none is left.
func (w *walker) fill() error {
	if w.ended || w.left() > 0 {
		return nil
	}
	w.next = 0
	if !w.blocks.Read(&w.view) {
		w.view, w.ended = tick.Columns{}, true
		return w.blocks.Err()
	}
	return nil
}

func (w *walker) left() int { return w.view.Len() - w.next }

func (w *walker) before(other *walker) bool {
	return before(w.view.Times[w.next], w.view.Seqs[w.next], other.view.Times[other.next], other.view.Seqs[other.next])
}

func (w *walker) since(from int) *tick.Columns {
	part := w.view.Part(from, w.next)
	return &part
}

// sameValues says whether rows of the same times have the same values.
func sameValues(x, y *tick.Columns) bool {
	return slices.Equal(x.Prices, y.Prices) && slices.Equal(x.Qtys, y.Qtys) && slices.Equal(x.Channels, y.Channels) &&
		slices.Equal(x.Sides, y.Sides) && slices.Equal(x.OrderNos, y.OrderNos) && slices.Equal(x.TickNos, y.TickNos) &&
		slices.Equal(x.Others, y.Others) && slices.Equal(x.OtherValues, y.OtherValues)
}
