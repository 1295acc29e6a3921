package series

// momentWindow is the skewness or the kurtosis of a window. It adds up powers of the
// distances from a value of the window, as spreadWindow.
type momentWindow struct {
	front[momentPart]
	kind  Stat
	least float64

	back                []float64
	part                momentPart
	origin, frontOrigin float64 // as those of spreadWindow
}

// momentPart is the number of some values, and the sums of powers of their distances from
// an origin.
type momentPart struct{ n, s1, s2, s3, s4 float64 }

func (p *momentPart) add(d float64) {
	square := d * d
	p.n++
	p.s1 += d
	p.s2 += square
	p.s3 += square * d
	p.s4 += square * square
}

// move adds d to all distances.
func (p *momentPart) move(d float64) {
	nd := p.n * d
	p.s4 += d * (4*p.s3 + d*(6*p.s2+d*(4*p.s1+nd)))
	p.s3 += d * (3*p.s2 + d*(3*p.s1+nd))
	p.s2 += d * (2*p.s1 + nd)
	p.s1 += nd
}

func (w *momentWindow) rows(z, x, _ []float64, full bool) {
	w.back = append(w.back, x...)
	parts, step := w.first(full)
	at := 0
	for i, v := range x {
		if v == v {
			if w.part.n == 0 {
				w.origin = v
			}
			w.part.add(v - w.origin)
		}
		all := w.part
		if f := &parts[at]; f.n > 0 {
			if all.n > 0 {
				all.move(w.origin - w.frontOrigin)
			}
			all.n += f.n
			all.s1 += f.s1
			all.s2 += f.s2
			all.s3 += f.s3
			all.s4 += f.s4
		}
		at += step
		all.move(-all.s1 / all.n)
		switch {
		case all.n < w.least:
			z[i] = nan
		case w.kind == RollSkew:
			z[i] = skewness(all.s2, all.s3, all.n)
		default:
			z[i] = kurtosis(all.s2, all.s4, all.n)
		}
	}
	if full {
		w.gone += len(z)
	}
}

func (w *momentWindow) turn() {
	parts := w.renew(len(w.back), momentPart{})
	var p momentPart
	for i := len(parts) - 1; i >= 0; i-- {
		if v := w.back[i]; v == v {
			if p.n == 0 {
				w.frontOrigin = v
			}
			p.add(v - w.frontOrigin)
		}
		parts[i] = p
	}
	w.back, w.part = w.back[:0], momentPart{}
}
