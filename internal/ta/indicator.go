package ta

import (
	"fmt"
	"math"
)

// Indicator is an entry of Indicators.
type Indicator struct {
	Name    string
	Inputs  []string // what it is computed from: "close", or "high", "low", "close"
	Params  []Param
	Outputs []string // names of its results
	Help    string   // what it is, as Markdown

	lookback func(p []float64) int
	make     func(p []float64) step
}

// step is one row of an operator: it reads inputs and sets outputs.
type step func(in, out []float64)

// Param is a parameter of an indicator.
type Param struct {
	Name        string
	Preset      float64
	Least, Most float64
	Whole       bool // it is an integer
}

// mostPeriod is the longest period, as in TA-Lib.
const mostPeriod = 100_000

func period(name string, preset int) Param {
	return Param{name, float64(preset), 1, mostPeriod, true}
}

// Check returns an error if a parameter cannot have a value.
func (p *Param) Check(v float64) error {
	if p.Whole && v != math.Trunc(v) || !(v >= p.Least && v <= p.Most) {
		return fmt.Errorf("%s expected, got %s", p.Want(), short(v))
	}
	return nil
}

// Want says what Check wants: "integer 1..100000".
func (p *Param) Want() string {
	kind := "number"
	if p.Whole {
		kind = "integer"
	}
	return fmt.Sprintf("%s %s..%s", kind, short(p.Least), short(p.Most))
}

func short(v float64) string { return fmt.Sprintf("%.15g", v) }

// Presets returns the parameters that an indicator has if none are given.
func (i *Indicator) Presets() []float64 {
	p := make([]float64, len(i.Params))
	for k := range p {
		p[k] = i.Params[k].Preset
	}
	return p
}

// Lookback returns how many rows come before the first one with a result.
func (i *Indicator) Lookback(p []float64) int { return i.lookback(p) }

// Operator is an indicator that goes from row to row.
type Operator struct {
	step step
	in   []float64
	out  []float64
	size int64
}

// New returns the operator of an indicator. The parameters have passed Check.
func (i *Indicator) New(p []float64) *Operator {
	const windows, number = 10, 8 // an operator keeps no more values of a row
	return &Operator{
		step: i.make(p),
		in:   make([]float64, len(i.Inputs)),
		out:  make([]float64, len(i.Outputs)),
		size: windows * number * int64(i.lookback(p)+1),
	}
}

// Inputs returns where to put the values of the next row.
func (o *Operator) Inputs() []float64 { return o.in }

// Push goes to the next row, whose values are in Inputs, and returns its results. They are
// valid until the next Push.
func (o *Operator) Push() []float64 {
	o.step(o.in, o.out)
	return o.out
}

// MemorySize returns about how many bytes the operator takes at most.
func (o *Operator) MemorySize() int64 { return o.size }

// Find returns the indicator of a name, or nil.
func Find(name string) *Indicator {
	for i := range Indicators {
		if Indicators[i].Name == name {
			return &Indicators[i]
		}
	}
	return nil
}

var nan = math.NaN()

// finite reports whether values are neither missing nor infinite.
func finite(values ...float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
