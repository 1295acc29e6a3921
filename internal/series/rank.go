package series

import (
	"cmp"
	"slices"
)

// Rank returns the rank of each value among all, from 1 for the least. Equal values have
// the mean of their ranks. NaN has none.
func (c Calc) Rank(x Series) Series {
	z := c.make(x.Len())
	fill(z, nan)
	order := c.order(x.Values)
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && x.Values[order[j]] == x.Values[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			z[at] = float64(i+1+j) / 2
		}
		i = j
	}
	return x.with(z)
}

// order returns the indexes of the values that are not NaN, in the order of the values.
func (c Calc) order(x []float64) []int {
	if c.Alloc != nil {
		c.Alloc(len(x))
	}
	order := make([]int, 0, len(x))
	for i, v := range x {
		if v == v {
			order = append(order, i)
		}
	}
	steps := 0
	slices.SortFunc(order, func(i, j int) int {
		if steps++; steps%(16*block) == 0 {
			c.stop(0)
		}
		return cmp.Compare(x[i], x[j])
	})
	return order
}

// nth moves the value that comes n-th in order to index n, lower ones before it and higher
// ones behind it, and returns it. x has no NaN. It is Hoare's selection with the pivots of
// Floyd and Rivest replaced by medians of three; a series that would make it slow is sorted.
func (c Calc) nth(x []float64, n int) float64 {
	const enough = 16
	for rounds := 0; len(x) > enough; rounds++ {
		if rounds > 64 {
			break
		}
		pivot := median3(x[0], x[len(x)/2], x[len(x)-1])
		i, j := c.partition(x, pivot)
		switch {
		case n < i:
			x = x[:i]
		case n < j:
			return pivot
		default:
			x, n = x[j:], n-j
		}
	}
	slices.Sort(x)
	return x[n]
}

// partition moves the values below a pivot before those equal to it, and those above it
// behind. The equal ones are x[i:j].
func (c Calc) partition(x []float64, pivot float64) (i, j int) {
	j = len(x)
	for k := 0; k < j; {
		switch v := x[k]; {
		case v < pivot:
			x[i], x[k] = v, x[i]
			i++
			k++
		case v > pivot:
			j--
			x[k], x[j] = x[j], v
		default:
			k++
		}
	}
	c.stop(0)
	return i, j
}

func median3(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}
