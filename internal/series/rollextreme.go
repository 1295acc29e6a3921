package series

import "math"

// extremeWindow is the minimum of a window. With the sign -1 it is the maximum.
type extremeWindow struct {
	front[extremePart]
	least, sign float64

	back []float64
	part extremePart
}

// extremePart is the number of some values, and the least of them: +Inf if there are none.
type extremePart struct{ n, value float64 }

var noExtreme = extremePart{value: math.Inf(1)}

func newExtremeWindow(least, sign float64) *extremeWindow {
	w := &extremeWindow{least: least, sign: sign, part: noExtreme}
	w.renew(0, noExtreme)
	return w
}

func (w *extremeWindow) rows(z, x, _ []float64, full bool) {
	w.back = append(w.back, x...)
	parts, step := w.first(full)
	n, bottom, least, sign := w.part.n, w.part.value, w.least, w.sign // in registers
	x = x[:len(z)]
	at := 0
	for i := range z {
		if v := x[i] * sign; v == v {
			bottom = min(bottom, v)
			n++
		}
		f := &parts[at]
		at += step
		v := min(bottom, f.value) * sign
		if n+f.n < least {
			v = nan
		}
		z[i] = v
	}
	w.part = extremePart{n, bottom}
	if full {
		w.gone += len(z)
	}
}

func (w *extremeWindow) turn() {
	parts := w.renew(len(w.back), noExtreme)
	n, bottom := noExtreme.n, noExtreme.value
	back := w.back[:len(parts)]
	for i := len(parts) - 1; i >= 0; i-- {
		if v := back[i] * w.sign; v == v {
			bottom = min(bottom, v)
			n++
		}
		parts[i] = extremePart{n, bottom}
	}
	w.back, w.part = w.back[:0], noExtreme
}
