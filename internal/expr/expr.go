package expr

import (
	"math"
	"slices"
)

// Expr is a parsed expression. It is immutable: all goroutines may share it.
type Expr struct {
	text  string
	names []string
	root  node
	depth int // how many columns an evaluation needs beside its result
}

// Names returns the names of the columns that the expression reads, each once, in the
// order of their appearance. The caller does not change them.
func (e *Expr) Names() []string { return e.names }

// String returns the text of the expression.
func (e *Expr) String() string { return e.text }

// Evaluator evaluates an expression. It is for one goroutine at a time.
type Evaluator struct {
	e       *Expr
	scratch [][]float64
}

// NewEvaluator returns an Evaluator of the expression.
func (e *Expr) NewEvaluator() *Evaluator {
	return &Evaluator{e, make([][]float64, e.depth)}
}

// Eval sets each element of dst to the value of the expression at that row. columns are
// those of Names, in that order, each at least as long as dst. Comparisons give 1 or 0,
// and 0 where one side is NaN.
func (v *Evaluator) Eval(dst []float64, columns [][]float64) {
	for i := range v.scratch {
		v.scratch[i] = slices.Grow(v.scratch[i][:0], len(dst))[:len(dst)]
	}
	v.e.root.eval(dst, columns, v.scratch)
}

// node is a part of an expression. eval uses the columns of scratch as it likes; it needs
// as many as depth says.
type node interface {
	eval(dst []float64, columns, scratch [][]float64)
	depth() int
}

type constant float64

func (c constant) eval(dst []float64, _, _ [][]float64) {
	for i := range dst {
		dst[i] = float64(c)
	}
}

func (constant) depth() int { return 0 }

// column is the number of a name.
type column int

func (c column) eval(dst []float64, columns, _ [][]float64) { copy(dst, columns[c]) }

func (column) depth() int { return 0 }

// unary is a function of one number.
type unary struct {
	f func(float64) float64
	x node
}

func (u unary) eval(dst []float64, columns, scratch [][]float64) {
	u.x.eval(dst, columns, scratch)
	for i, x := range dst {
		dst[i] = u.f(x)
	}
}

func (u unary) depth() int { return u.x.depth() }

// binary is a function of two numbers.
type binary struct {
	f    func(dst, right []float64) // dst is the left one, too
	x, y node
}

func (b binary) eval(dst []float64, columns, scratch [][]float64) {
	b.x.eval(dst, columns, scratch)
	b.y.eval(scratch[0], columns, scratch[1:])
	b.f(dst, scratch[0])
}

func (b binary) depth() int { return max(b.x.depth(), b.y.depth()+1) }

func each(f func(a, b float64) float64) func(dst, right []float64) {
	return func(dst, right []float64) {
		for i, x := range dst {
			dst[i] = f(x, right[i])
		}
	}
}

func compare(f func(a, b float64) bool) func(dst, right []float64) {
	return each(func(a, b float64) float64 {
		if f(a, b) {
			return 1
		}
		return 0
	})
}

var binaries = map[string]func(dst, right []float64){
	"+": func(dst, right []float64) {
		for i := range dst {
			dst[i] += right[i]
		}
	},
	"-": func(dst, right []float64) {
		for i := range dst {
			dst[i] -= right[i]
		}
	},
	"*": func(dst, right []float64) {
		for i := range dst {
			dst[i] *= right[i]
		}
	},
	"/": func(dst, right []float64) {
		for i := range dst {
			dst[i] /= right[i]
		}
	},
	"^":   each(math.Pow),
	"min": each(math.Min),
	"max": each(math.Max),
	"<":   compare(func(a, b float64) bool { return a < b }),
	"<=":  compare(func(a, b float64) bool { return a <= b }),
	">":   compare(func(a, b float64) bool { return a > b }),
	">=":  compare(func(a, b float64) bool { return a >= b }),
	"==":  compare(func(a, b float64) bool { return a == b }),
	"~=":  compare(func(a, b float64) bool { return a < b || a > b }),
}

var unaries = map[string]func(float64) float64{
	"abs": math.Abs, "log": math.Log, "exp": math.Exp, "sqrt": math.Sqrt,
}
