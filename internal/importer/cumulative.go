package importer

import (
	"fmt"
	"math"
)

// difference puts into tick i of a batch, in the place of the total since the day began,
// what came since the tick before. The first tick of a day has all of its total. A total
// that is less than the one before begins a new day too.
func (s *series) difference(b *batch, i int32) error {
	total := b.totals[i]
	if total == noTotal {
		return nil
	}
	qty := total
	if s.any && s.day == b.days[i] && total >= s.total {
		qty = total - s.total
	}
	s.any, s.day, s.total = true, b.days[i], total
	if qty > math.MaxUint32 {
		return fmt.Errorf("qty: a difference of at most %d expected, got %d", uint32(math.MaxUint32), qty)
	}
	b.ticks[i].record.Qty = uint32(qty)
	return nil
}
