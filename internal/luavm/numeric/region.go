package numeric

import (
	"cmp"
	"slices"

	"microts/internal/luavm/code"
)

// region is a loop: the instructions from first, to which the loop jumps back, to last,
// the last one that jumps back to it.
type region struct {
	first, last int
	spans       []span // in the order in which they open
}

// span is a piece of a region that becomes a block or a loop of WebAssembly: jumps to the
// instruction end leave a block, jumps to start repeat a loop.
type span struct {
	start, end int // end is behind the span
	loop       bool
}

// findRegion returns the loop whose header is first. It is not ok if jumps cross in a
// way that blocks and loops cannot express.
func findRegion(ops []code.Instr, first int) (r region, ok bool) {
	r = region{first: first, last: -1}
	for pc := first; pc < len(ops); pc++ {
		if jumpsBack(ops[pc].Op()) && pc+1+ops[pc].D() == first {
			r.last = pc
		}
	}
	if r.last < 0 {
		return r, false
	}
	return r, r.findSpans(ops)
}

// findSpans finds the spans of the region.
func (r *region) findSpans(ops []code.Instr) (ok bool) {
	loops, blocks := map[int]int{}, map[int]int{}
	for pc := r.first; pc <= r.last; pc++ {
		op, to := ops[pc].Op(), pc+1+ops[pc].D()
		switch {
		case !op.IsJump() || op == code.TForPrep || op == code.TForLoop || op == code.TForTest || to < r.first || to > r.last:
		case to <= pc:
			loops[to] = pc + 1
		default:
			if _, ok := blocks[to]; !ok {
				blocks[to] = pc
			}
		}
	}
	for start, end := range loops {
		r.spans = append(r.spans, span{start, end, true})
	}
	for end, start := range blocks {
		r.spans = append(r.spans, span{start, end, false})
	}
	if !r.nest() {
		return false
	}
	slices.SortFunc(r.spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), compareBool(a.loop, b.loop))
	})
	return true
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// nest lets blocks begin earlier until no two spans cross.
func (r *region) nest() bool {
	for changed := true; changed; {
		changed = false
		for i := range r.spans {
			b := &r.spans[i]
			for _, o := range r.spans {
				switch {
				case b.loop:
					if o.loop && b.start < o.start && o.start < b.end && b.end < o.end {
						return false
					}
				case o.loop && b.start < o.start && o.start < b.end && b.end < o.end:
					return false // a jump into a loop
				case o.start < b.start && b.start < o.end && (o.end < b.end || o.loop && o.end == b.end):
					b.start, changed = o.start, true
				}
			}
		}
	}
	return true
}

// jumpsBack reports whether op may jump back to the header of a loop.
func jumpsBack(op code.Op) bool {
	return op == code.Loop || op == code.ForLoop || op == code.ForLoop1
}
