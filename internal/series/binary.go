package series

import "math"

// Op is an operator of two numbers.
type Op uint8

// The operators. Comparisons give 1 or 0. Mod is that of Lua: the result has the sign of
// the right operand.
const (
	Add Op = iota
	Sub
	Mul
	Div
	Mod
	Pow
	Lt
	Le
	Gt
	Ge
	Eq
	Ne
)

// Operand is an operand of Binary: a series, or a number that stands for as many equal
// values as the other operand has.
type Operand struct {
	series   Series
	number   float64
	isNumber bool
}

// Operand returns x as an operand.
func (x Series) Operand() Operand { return Operand{series: x} }

// Number returns a number as an operand.
func Number(k float64) Operand { return Operand{number: k, isNumber: true} }

// axis returns the length and the axis of what an operation on two operands gives.
func axis(x, y Operand) (n int, times []int64, err error) {
	switch {
	case x.isNumber && y.isNumber:
		return 1, nil, nil
	case x.isNumber:
		return y.series.Len(), y.series.Times, nil
	case y.isNumber:
		return x.series.Len(), x.series.Times, nil
	}
	times, err = Axis(x.series, y.series)
	return x.series.Len(), times, err
}

// part returns a function that returns the values from index i to before j.
func (o Operand) part(n int) func(i, j int) []float64 {
	if !o.isNumber {
		return func(i, j int) []float64 { return o.series.Values[i:j] }
	}
	same := make([]float64, min(n, block))
	for i := range same {
		same[i] = o.number
	}
	return func(i, j int) []float64 { return same[:j-i] }
}

// Binary applies an operator row by row. Two numbers give a series of one.
func (c Calc) Binary(op Op, x, y Operand) (Series, error) {
	n, times, err := axis(x, y)
	if err != nil {
		return Series{}, err
	}
	if op == Gt || op == Ge {
		x, y, op = y, x, op-Gt+Lt
	}
	do := kernels[op]
	z := c.make(n)
	left, right := x.part(n), y.part(n)
	c.blocks(n, func(from, to int) { do(z[from:to], left(from, to), right(from, to)) })
	return Series{z, times}, nil
}

// kernels are the loops of the operators. z, x and y are equally long.
var kernels = [...]func(z, x, y []float64){
	Add: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = x[i] + y[i]
		}
	},
	Sub: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = x[i] - y[i]
		}
	},
	Mul: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = x[i] * y[i]
		}
	},
	Div: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = x[i] / y[i]
		}
	},
	Mod: func(z, x, y []float64) {
		for i := range z {
			z[i] = x[i] - math.Floor(x[i]/y[i])*y[i]
		}
	},
	Pow: func(z, x, y []float64) {
		for i := range z {
			z[i] = math.Pow(x[i], y[i])
		}
	},
	Lt: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = truth(x[i] < y[i])
		}
	},
	Le: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = truth(x[i] <= y[i])
		}
	},
	Eq: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = truth(x[i] == y[i])
		}
	},
	Ne: func(z, x, y []float64) {
		x, y = x[:len(z)], y[:len(z)]
		for i := range z {
			z[i] = truth(x[i] != y[i])
		}
	},
}

// truth returns a condition as a value of a mask.
func truth(is bool) float64 {
	var bits uint64
	if is {
		bits = 0x3ff0000000000000 // of 1.0
	}
	return math.Float64frombits(bits)
}
