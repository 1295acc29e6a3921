package frame

// Describe returns a frame with a row for each column of f: its name, its kind, how many
// values it has, and, of numbers, their mean, standard deviation, quantiles and extremes.
func (f *Frame) Describe(h Host) (*Frame, error) {
	all := runs{starts: []int32{0, int32(f.rows)}}
	h.Room(f.rows * 4)
	all.rows = make([]int32, f.rows)
	for i := range all.rows {
		all.rows[i] = int32(i)
	}
	var measures []Aggregate
	for _, m := range [][2]string{
		{"mean", "mean"}, {"std", "std"}, {"min", "min"}, {"q25", "quantile(0.25)"}, {"median", "median"}, {"q75", "quantile(0.75)"}, {"max", "max"},
	} {
		a, err := ParseAggregate(m[0], m[1], "x")
		if err != nil {
			return nil, err
		}
		measures = append(measures, a)
	}
	count, err := ParseAggregate("count", "count", "x")
	if err != nil {
		return nil, err
	}
	names, kinds := &Words{}, &Words{}
	var nameCodes, kindCodes []uint32
	var counts []int64
	values := make([][]float64, len(measures))
	for _, c := range f.columns {
		nameCodes, kindCodes = append(nameCodes, names.Code(c.Name)), append(kindCodes, kinds.Code(c.Kind.String()))
		count.Of = c.Name
		n, err := count.overRuns(h, f, &all)
		if err != nil {
			return nil, err
		}
		counts = append(counts, n.Int(0))
		of, err := c.Floats(h)
		for i, m := range measures {
			v := nan
			if err == nil && c.Kind != Time {
				numbers := &Frame{columns: []*Column{NewFloats(c.Name, of)}, rows: f.rows, Zone: f.Zone}
				m.Of = c.Name
				made, err := m.overRuns(h, numbers, &all)
				if err != nil {
					return nil, err
				}
				v = made.Float(0)
			}
			values[i] = append(values[i], v)
		}
	}
	columns := []*Column{NewText("column", nameCodes, names), NewText("kind", kindCodes, kinds), NewInts("count", counts)}
	for i, m := range measures {
		columns = append(columns, NewFloats(m.Name, values[i]))
	}
	return New(f.Zone, "", columns...)
}
