package series

// The results of cumulative operations are NaN in the rows that are missing, which they
// leave out.

// CumSum returns the sum of the rows up to each row.
func (c Calc) CumSum(x Series) Series {
	var s Sum
	return c.present(x, func(v float64) float64 {
		s.Add(v)
		return s.Value()
	})
}

// CumMax returns the greatest of the rows up to each row.
func (c Calc) CumMax(x Series) Series {
	most := nan
	return c.present(x, func(v float64) float64 {
		if !(most >= v) {
			most = v
		}
		return most
	})
}

// CumMin returns the least of the rows up to each row.
func (c Calc) CumMin(x Series) Series {
	least := nan
	return c.present(x, func(v float64) float64 {
		if !(least <= v) {
			least = v
		}
		return least
	})
}

// present applies f to the values that are not missing.
func (c Calc) present(x Series, f func(v float64) float64) Series {
	return c.each(x, func(v float64) float64 {
		if v != v {
			return v
		}
		return f(v)
	})
}

// Sum is a sum of numbers with the part that its float64 has lost to rounding, as Neumaier
// has it (1974): it is right to the last bit or two, whatever is added in whichever order.
type Sum struct{ high, lost float64 }

// Add adds v.
func (s *Sum) Add(v float64) { s.high, s.lost = plus(s.high, s.lost, v) }

// plus is add of a sum in registers.
func plus(high, lost, v float64) (newHigh, newLost float64) {
	newHigh = high + v
	part := newHigh - high
	return newHigh, lost + ((high - (newHigh - part)) + (v - part))
}

// Value returns the sum. What was lost is NaN if an infinity was added.
func (s *Sum) Value() float64 {
	if v := s.high + s.lost; v == v {
		return v
	}
	return s.high
}
