package agg

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"microts/internal/suggest"
)

// Op says how to aggregate.
type Op struct {
	name string
	q    float64 // of quantile
}

var makers = map[string]func(q float64) Accumulator{
	"sum":      func(float64) Accumulator { return new(sum) },
	"mean":     func(float64) Accumulator { return new(mean) },
	"min":      func(float64) Accumulator { return &extreme{sign: -1} },
	"max":      func(float64) Accumulator { return &extreme{sign: 1} },
	"first":    func(float64) Accumulator { return new(first) },
	"last":     func(float64) Accumulator { return new(last) },
	"std":      func(float64) Accumulator { return new(std) },
	"quantile": func(q float64) Accumulator { return &quantile{q: q} },
	"count":    func(float64) Accumulator { return new(count) },
}

// Names are the names of all Ops. "quantile" has an argument: "quantile(0.9)".
var Names = []string{"sum", "mean", "min", "max", "first", "last", "std", "quantile", "count"}

// Parse reads the name of an Op: one of Names, quantile with its argument, from 0 to 1.
// "median" is "quantile(0.5)".
func Parse(text string) (Op, error) {
	if text == "median" {
		return Op{"quantile", 0.5}, nil
	}
	name, rest, hasArgument := strings.Cut(strings.TrimSpace(text), "(")
	if name != "quantile" && !hasArgument && makers[name] != nil {
		return Op{name: name}, nil
	}
	if name == "quantile" {
		q, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(rest, ")")), 64)
		if err != nil || !(q >= 0 && q <= 1) || !strings.HasSuffix(rest, ")") {
			return Op{}, fmt.Errorf("quantile(q) with q from 0 to 1 expected, such as quantile(0.9), got %q", text)
		}
		return Op{name, q}, nil
	}
	if near := suggest.Nearest(name, append(slices.Clone(Names), "median")); near != "" {
		return Op{}, fmt.Errorf("there is no aggregation %q; did you mean %q?", text, near)
	}
	return Op{}, fmt.Errorf("there is no aggregation %q; there are %s and median", text, strings.Join(Names, ", "))
}

// String returns what Parse reads.
func (o Op) String() string {
	if o.name == "quantile" {
		return fmt.Sprintf("quantile(%v)", o.q)
	}
	return o.name
}

// Accumulator aggregates the numbers of one group.
type Accumulator interface {
	// Add adds numbers. It keeps nothing of the slice.
	Add(values []float64)
	// Result returns the aggregate of what was added: without any number, 0 for count and
	// sum, NaN for the others. Further numbers may follow.
	Result() float64
	// Reset begins another group.
	Reset()
}

// New returns an Accumulator, which is for one goroutine at a time.
func (o Op) New() Accumulator { return makers[o.name](o.q) }

func isNaN(x float64) bool { return x != x }

type sum struct{ s Sum }

func (a *sum) Add(values []float64) {
	for _, v := range values {
		if !isNaN(v) {
			a.s = a.s.Plus(Of(v))
		}
	}
}
func (a *sum) Result() float64 { return a.s.Value() }
func (a *sum) Reset()          { a.s = Sum{} }

type count struct{ n int }

func (a *count) Add(values []float64) {
	for _, v := range values {
		if !isNaN(v) {
			a.n++
		}
	}
}
func (a *count) Result() float64 { return float64(a.n) }
func (a *count) Reset()          { a.n = 0 }

type mean struct {
	sum   sum
	count count
}

func (a *mean) Add(values []float64) {
	a.sum.Add(values)
	a.count.Add(values)
}
func (a *mean) Result() float64 { return a.sum.Result() / a.count.Result() }
func (a *mean) Reset()          { *a = mean{} }

// extreme is the greatest number, or with sign -1 the least.
type extreme struct {
	sign, best float64 // best has the sign, too
	any        bool
}

func (a *extreme) Add(values []float64) {
	for _, v := range values {
		if v *= a.sign; !isNaN(v) && (!a.any || v > a.best) {
			a.best, a.any = v, true
		}
	}
}

func (a *extreme) Result() float64 {
	if !a.any {
		return math.NaN()
	}
	return a.best * a.sign
}
func (a *extreme) Reset() { a.any = false }

type first struct {
	v   float64
	any bool
}

func (a *first) Add(values []float64) {
	for i := 0; i < len(values) && !a.any; i++ {
		if !isNaN(values[i]) {
			a.v, a.any = values[i], true
		}
	}
}

func (a *first) Result() float64 {
	if !a.any {
		return math.NaN()
	}
	return a.v
}
func (a *first) Reset() { a.any = false }

type last struct {
	v   float64
	any bool
}

func (a *last) Add(values []float64) {
	for i := len(values) - 1; i >= 0; i-- {
		if !isNaN(values[i]) {
			a.v, a.any = values[i], true
			return
		}
	}
}

func (a *last) Result() float64 {
	if !a.any {
		return math.NaN()
	}
	return a.v
}
func (a *last) Reset() { a.any = false }

// std is the standard deviation of a sample, by Welford's method.
type std struct{ n, mean, squares float64 }

func (a *std) Add(values []float64) {
	for _, v := range values {
		if isNaN(v) {
			continue
		}
		a.n++
		d := v - a.mean
		a.mean += d / a.n
		a.squares += d * (v - a.mean)
	}
}

func (a *std) Result() float64 {
	if a.n < 2 {
		return math.NaN()
	}
	return math.Sqrt(a.squares / (a.n - 1))
}
func (a *std) Reset() { *a = std{} }

// quantile is a quantile, between two numbers by linear interpolation.
type quantile struct {
	q      float64
	values []float64
}

func (a *quantile) Add(values []float64) {
	for _, v := range values {
		if !isNaN(v) {
			a.values = append(a.values, v)
		}
	}
}

func (a *quantile) Result() float64 {
	if len(a.values) == 0 {
		return math.NaN()
	}
	slices.Sort(a.values)
	at := a.q * float64(len(a.values)-1)
	i := int(at)
	low := a.values[i]
	if i+1 == len(a.values) || at == float64(i) || a.values[i+1] == low { // equal infinities have no difference
		return low
	}
	return low + (a.values[i+1]-low)*(at-float64(i))
}
func (a *quantile) Reset() { a.values = a.values[:0] }
