package series

import "math"

// spreadWindow is the variance of a window, its root, or the distance of the last value from
// the mean in units of that root.
//
// It adds up the distances from a value of the window, and their squares. That value is at
// most sqrt(n) standard deviations from the mean, so that the squares lose at most the
// digits of n to it, however large the values are beside their spread.
type spreadWindow struct {
	front[spreadPart]
	kind        Stat
	least, ddof float64

	back        []float64
	part        spreadPart
	origin      float64 // of part: the first value in back
	frontOrigin float64 // the last value of front
}

// spreadPart is the number of some values, and the sums of their distances from an origin
// and of the squares of these.
type spreadPart struct{ n, s1, s2 float64 }

func (w *spreadWindow) rows(z, x, _ []float64, full bool) {
	w.back = append(w.back, x...)
	parts, step := w.first(full)
	n, s1, s2, origin := w.part.n, w.part.s1, w.part.s2, w.origin // in registers
	kind, least, ddof, frontOrigin := w.kind, w.least, w.ddof, w.frontOrigin
	apart := origin - frontOrigin
	x = x[:len(z)]
	at := 0
	for i := range z {
		if v := x[i]; v == v {
			if n == 0 {
				origin = v
				apart = origin - frontOrigin
			}
			d := v - origin
			n++
			s1 += d
			s2 += d * d
		}
		of, a1, a2, from := n, s1, s2, origin
		if f := &parts[at]; f.n > 0 {
			of, a1, a2, from = f.n, f.s1, f.s2, frontOrigin
			if n > 0 {
				moved := n * apart
				of += n
				a1 += s1 + moved
				a2 += s2 + apart*(2*s1+moved)
			}
		}
		at += step
		mean := a1 / of // from the origin
		free := of - ddof
		v := (a2 - a1*mean) / free
		if v < 0 {
			v = 0 // of rounding
		}
		if kind != RollVar {
			v = math.Sqrt(v)
		}
		if kind == RollZScore {
			v = (x[i] - from - mean) / v
		}
		if of < least || !(free > 0) {
			v = nan
		}
		z[i] = v
	}
	w.part, w.origin = spreadPart{n, s1, s2}, origin
	if full {
		w.gone += len(z)
	}
}

func (w *spreadWindow) turn() {
	parts := w.renew(len(w.back), spreadPart{})
	var n, s1, s2, origin float64
	back := w.back[:len(parts)]
	for i := len(parts) - 1; i >= 0; i-- {
		if v := back[i]; v == v {
			if n == 0 {
				origin = v
			}
			d := v - origin
			n++
			s1 += d
			s2 += d * d
		}
		parts[i] = spreadPart{n, s1, s2}
	}
	w.back, w.part, w.frontOrigin = w.back[:0], spreadPart{}, origin
}
