package series

// sumWindow is the sum or the mean of a window. Each sum has the part that it has lost, as
// type Sum.
type sumWindow struct {
	front[sumPart]
	least float64
	mean  bool

	back []float64
	part sumPart // of back
}

// sumPart is the number of some values and their sum.
type sumPart struct {
	n float64
	Sum
}

func (w *sumWindow) rows(z, x, _ []float64, full bool) {
	w.back = append(w.back, x...)
	parts, step := w.first(full)
	n, high, lost := w.part.n, w.part.high, w.part.lost // in registers
	least, mean := w.least, w.mean
	x = x[:len(z)]
	at := 0
	for i := range z {
		if v := x[i]; v == v {
			n++
			high, lost = plus(high, lost, v)
		}
		f := &parts[at]
		at += step
		v, rest := plus(high, lost, f.high)
		if exact := v + (rest + f.lost); exact == exact {
			v = exact
		}
		of := n + f.n
		if mean {
			v /= of
		}
		if of < least {
			v = nan
		}
		z[i] = v
	}
	w.part = sumPart{n, Sum{high, lost}}
	if full {
		w.gone += len(z)
	}
}

func (w *sumWindow) turn() {
	parts := w.renew(len(w.back), sumPart{})
	var n, high, lost float64
	back := w.back[:len(parts)]
	for i := len(parts) - 1; i >= 0; i-- {
		if v := back[i]; v == v {
			n++
			high, lost = plus(high, lost, v)
		}
		parts[i] = sumPart{n, Sum{high, lost}}
	}
	w.back, w.part = w.back[:0], sumPart{}
}

// weightWindow is a mean whose weights grow by 1 from value to value: that of the oldest one
// is 1. All of its values must be there.
type weightWindow struct {
	front[weightPart]
	length float64

	back []float64
	part weightPart
}

// weightPart is the number of some values, their sum, and their sum with the weights 1, 2,
// ...
type weightPart struct{ n, sum, product float64 }

func (w *weightWindow) rows(z, x, _ []float64, full bool) {
	w.back = append(w.back, x...)
	parts, step := w.first(full)
	back := w.part
	at := 0
	for i, v := range x {
		back.n++
		back.sum += v
		back.product += back.n * v
		f := &parts[at]
		at += step
		if back.n+f.n < w.length {
			z[i] = nan
			continue
		}
		product := f.product + back.product
		if f.n > 0 {
			product += f.n * back.sum
		}
		z[i] = product / (w.length * (w.length + 1) / 2)
	}
	w.part = back
	if full {
		w.gone += len(z)
	}
}

func (w *weightWindow) turn() {
	parts := w.renew(len(w.back), weightPart{})
	var p weightPart
	for i := len(parts) - 1; i >= 0; i-- {
		p.n++
		p.sum += w.back[i]
		p.product += p.sum
		parts[i] = p
	}
	w.back, w.part = w.back[:0], weightPart{}
}
