package frame

import (
	"microts/internal/expr"
)

// operand returns the column that an aggregate works on: a column of f by its name, or the
// values of an expression of columns such as "ask - bid".
func (f *Frame) operand(h Host, text string) (*Column, error) {
	if c := f.find(text); c != nil {
		return c, nil
	}
	e, err := expr.Parse(text)
	if err != nil {
		return nil, err
	}
	columns := make([][]float64, len(e.Names()))
	for i, name := range e.Names() {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		if columns[i], err = c.Floats(h); err != nil {
			return nil, err
		}
	}
	h.Room(f.rows * Float.size())
	values := make([]float64, f.rows)
	evaluator, parts := e.NewEvaluator(), make([][]float64, len(columns))
	inSteps(h, f.rows, func(from, to int) {
		for i, c := range columns {
			parts[i] = c[from:to]
		}
		evaluator.Eval(values[from:to], parts)
	})
	return NewFloats(text, values), nil
}
