package series

import (
	"slices"
	"sort"
)

// orderWindow is a quantile of a window, or the rank of its last value.
type orderWindow struct {
	least    int
	quantile float64
	rank     bool

	all    queue[float64] // the values as they came
	sorted sortedList     // those that are not NaN
}

func (w *orderWindow) leave(n int) {
	for range n {
		if v := w.all.first(); v == v {
			w.sorted.remove(v)
		}
		w.all.drop()
	}
}

func (w *orderWindow) run(z, x, _ []float64, full bool) {
	for i, v := range x {
		if full {
			w.leave(1)
		}
		w.all.push(v)
		if v == v {
			w.sorted.insert(v)
		}
		z[i] = w.value(v)
	}
}

// value returns the statistic of the window, in which last came last.
func (w *orderWindow) value(last float64) float64 {
	n := w.sorted.n
	switch {
	case n < w.least:
		return nan
	case !w.rank:
		at, part := place(w.quantile, n)
		low, high := w.sorted.at(at)
		return between(low, high, part)
	case last != last:
		return nan
	}
	below, equal := w.sorted.rank(last)
	return float64(below) + float64(equal+1)/2
}

// sortedList holds numbers in order, in runs of at most longestRun, none of them empty. All
// it does takes time with the length of a run and the number of runs.
type sortedList struct {
	runs [][]float64
	n    int
}

const longestRun = 512

// run returns the first run whose last number is not below v, or the last run.
func (l *sortedList) run(v float64) int {
	i := sort.Search(len(l.runs), func(i int) bool { r := l.runs[i]; return r[len(r)-1] >= v })
	return min(i, len(l.runs)-1)
}

func (l *sortedList) insert(v float64) {
	l.n++
	if len(l.runs) == 0 {
		l.runs = append(l.runs, append(make([]float64, 0, longestRun), v))
		return
	}
	i := l.run(v)
	r := l.runs[i]
	at, _ := slices.BinarySearch(r, v)
	r = slices.Insert(r, at, v)
	if len(r) == longestRun {
		half := append(make([]float64, 0, longestRun), r[longestRun/2:]...)
		l.runs = slices.Insert(l.runs, i+1, half)
		r = r[:longestRun/2]
	}
	l.runs[i] = r
}

// remove removes one of the numbers equal to v, of which there is one.
func (l *sortedList) remove(v float64) {
	l.n--
	i := l.run(v)
	r := l.runs[i]
	at, _ := slices.BinarySearch(r, v)
	r = slices.Delete(r, at, at+1)
	l.runs[i] = r
	const short = longestRun / 8
	switch {
	case len(r) == 0:
		l.runs = slices.Delete(l.runs, i, i+1)
	case len(r) < short && i+1 < len(l.runs) && len(l.runs[i+1]) < longestRun-2*short:
		l.runs[i] = append(r, l.runs[i+1]...)
		l.runs = slices.Delete(l.runs, i+1, i+2)
	}
}

// at returns the number that comes n-th in order, from 0, and the next one, if there is one.
func (l *sortedList) at(n int) (v, next float64) {
	i := 0
	for n >= len(l.runs[i]) {
		n -= len(l.runs[i])
		i++
	}
	r := l.runs[i]
	switch {
	case n+1 < len(r):
		return r[n], r[n+1]
	case i+1 < len(l.runs):
		return r[n], l.runs[i+1][0]
	}
	return r[n], r[n]
}

// rank returns how many numbers are below v, and how many are equal to it.
func (l *sortedList) rank(v float64) (below, equal int) {
	i := l.run(v)
	for _, r := range l.runs[:i] {
		below += len(r)
	}
	for _, r := range l.runs[i:] {
		from, _ := slices.BinarySearch(r, v)
		to := from + sort.Search(len(r)-from, func(k int) bool { return r[from+k] > v })
		below += from
		equal += to - from
		if to < len(r) {
			break
		}
	}
	return below, equal
}
