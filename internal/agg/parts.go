package agg

// Name returns the name of the Op, which is one of Names.
func (o Op) Name() string { return o.name }

// Quantile returns the argument of a quantile, from 0 to 1; 0 of other Ops.
func (o Op) Quantile() float64 { return o.q }
