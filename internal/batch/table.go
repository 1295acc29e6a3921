package batch

// Table is what a job returned. Once it is made nobody changes it, and any number of
// goroutines may read it.
type Table struct {
	Rows    int
	Columns []*column
}

// Column says what a column of a Table holds.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	Row  int    `json:"row"` // the first row, from 1 on, that has a value
}

// column is a column of a Table with its values: all numbers, all texts, or all
// booleans.
type column struct {
	Column
	rows    int       // number of values, with those that are missing
	missing []uint64  // bit i: row i, from 0 on, has no value; nil: none is missing
	numbers []float64 // of all rows; 0 if missing
	truths  []bool    // of all rows; false if missing
	texts   []uint32  // of all rows: indices in words; 0 if missing
	words   []string  // the different texts, in the order in which they first occur

	index map[string]uint32 // in words; nil once the table is made
}

// Names returns the names of the columns.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// columns returns what the columns of a Table hold.
func (t *Table) columns() []Column {
	all := make([]Column, len(t.Columns))
	for i, c := range t.Columns {
		all[i] = c.Column
	}
	return all
}

// has says whether row i, from 0 on, has a value.
func (c *column) has(i int) bool { return c.missing == nil || c.missing[i/64]&(1<<(i%64)) == 0 }

// value returns the value of row i, from 0 on: a string, a float64, a bool or nil.
func (c *column) value(i int) any {
	switch {
	case !c.has(i):
		return nil
	case c.numbers != nil:
		return c.numbers[i]
	case c.truths != nil:
		return c.truths[i]
	}
	return c.words[c.texts[i]]
}

// miss adds rows without a value, until there are n rows.
func (c *column) miss(n int) {
	for ; c.rows < n; c.rows++ {
		if c.missing == nil {
			c.missing = []uint64{}
		}
		c.extendMissing(c.rows + 1)
		c.missing[c.rows/64] |= 1 << (c.rows % 64)
		switch c.Kind.family() {
		case "number":
			c.numbers = append(c.numbers, 0)
		case "boolean":
			c.truths = append(c.truths, false)
		case "string":
			c.texts = append(c.texts, 0)
		}
	}
}

// extendMissing makes missing, if there is one, as long as n rows need.
func (c *column) extendMissing(n int) {
	if c.missing != nil && n > len(c.missing)*64 {
		c.missing = append(c.missing, make([]uint64, (n+63)/64-len(c.missing))...)
	}
}

// addNumber adds a row with a number. It says false, and adds nothing, if other rows
// have values of another type. So do addTruth and addText.
func (c *column) addNumber(f float64) bool {
	if c.Kind != Float && !c.admit(kindOfNumber(f)) {
		return false
	}
	c.numbers = append(c.numbers, f)
	c.added()
	return true
}

func (c *column) addTruth(b bool) bool {
	if !c.admit(Bool) {
		return false
	}
	c.truths = append(c.truths, b)
	c.added()
	return true
}

func (c *column) addText(text string) bool {
	i, known := c.index[text]
	if !known {
		if !c.admit(kindOfText(text)) {
			return false
		}
		if c.index == nil {
			c.index = map[string]uint32{}
		}
		i = uint32(len(c.words))
		c.index[text] = i
		c.words = append(c.words, text)
	}
	c.texts = append(c.texts, i)
	c.added()
	return true
}

// admit widens the kind of the column to that of a value, if it can.
func (c *column) admit(k Kind) bool {
	if c.Kind == NoKind { // the first value: the rows before it have none
		rows := c.rows
		c.Kind, c.Row, c.rows = k, rows+1, 0
		c.miss(rows)
		return true
	}
	joined, ok := c.Kind.join(k)
	if ok {
		c.Kind = joined
	}
	return ok
}

// added counts a row that has a value.
func (c *column) added() {
	c.rows++
	c.extendMissing(c.rows)
}

// Row returns the values of row i, from 0 on: strings, float64s, bools, and nil for
// those that are missing.
func (t *Table) Row(i int) []any {
	values := make([]any, len(t.Columns))
	for k, c := range t.Columns {
		values[k] = c.value(i)
	}
	return values
}
