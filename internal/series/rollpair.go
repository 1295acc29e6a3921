package series

// pairWindow is the covariance or the correlation of a window of pairs. It adds up products
// of the distances from a pair of the window, as spreadWindow. A pair of which one is
// missing is left out.
type pairWindow struct {
	front[pairPart]
	kind  Stat
	least float64

	back                []pair
	part                pairPart
	origin, frontOrigin pair // as those of spreadWindow
}

type pair struct{ x, y float64 }

func (p pair) whole() bool { return p.x == p.x && p.y == p.y }

// pairPart is the number of some pairs, and the sums of their distances from an origin and
// of the products of these.
type pairPart struct{ n, x, y, xx, xy, yy float64 }

func (p *pairPart) add(dx, dy float64) {
	p.n++
	p.x += dx
	p.y += dy
	p.xx += dx * dx
	p.xy += dx * dy
	p.yy += dy * dy
}

// move adds dx and dy to all distances.
func (p *pairPart) move(dx, dy float64) {
	p.xx += dx * (2*p.x + p.n*dx)
	p.xy += dx*p.y + dy*(p.x+p.n*dx)
	p.yy += dy * (2*p.y + p.n*dy)
	p.x += p.n * dx
	p.y += p.n * dy
}

func (w *pairWindow) rows(z, x, y []float64, full bool) {
	parts, step := w.first(full)
	at := 0
	for i := range z {
		v := pair{x[i], y[i]}
		w.back = append(w.back, v)
		if v.whole() {
			if w.part.n == 0 {
				w.origin = v
			}
			w.part.add(v.x-w.origin.x, v.y-w.origin.y)
		}
		all := w.part
		if f := &parts[at]; f.n > 0 {
			if all.n > 0 {
				all.move(w.origin.x-w.frontOrigin.x, w.origin.y-w.frontOrigin.y)
			}
			all.n += f.n
			all.x += f.x
			all.y += f.y
			all.xx += f.xx
			all.xy += f.xy
			all.yy += f.yy
		}
		at += step
		all.move(-all.x/all.n, -all.y/all.n)
		switch {
		case all.n < w.least:
			z[i] = nan
		case w.kind == RollCov:
			z[i] = variancePair(all.xy, int(all.n))
		default:
			z[i] = (&pairMoments{int(all.n), all.xx, all.xy, all.yy}).correlation()
		}
	}
	if full {
		w.gone += len(z)
	}
}

func (w *pairWindow) turn() {
	parts := w.renew(len(w.back), pairPart{})
	var p pairPart
	for i := len(parts) - 1; i >= 0; i-- {
		if v := w.back[i]; v.whole() {
			if p.n == 0 {
				w.frontOrigin = v
			}
			p.add(v.x-w.frontOrigin.x, v.y-w.frontOrigin.y)
		}
		parts[i] = p
	}
	w.back, w.part = w.back[:0], pairPart{}
}
