package frame

import "fmt"

// JoinError says what a join cannot do, and which part of the call is why.
type JoinError struct {
	Part JoinPart
	Err  error
}

// JoinPart is a part of the call of a join.
type JoinPart uint8

// The parts.
const (
	LeftFrame JoinPart = iota
	RightFrame
	KeyColumn // By
	NewNames  // the suffix, or the names of aggregates
	Aggregates
)

// Error implements error.
func (e *JoinError) Error() string {
	parts := [...]string{"the left frame: ", "the right frame: ", "by: ", "", ""}
	return parts[e.Part] + e.Err.Error()
}

// Unwrap returns Err.
func (e *JoinError) Unwrap() error { return e.Err }

// Direction says which rows an as-of join takes: those before, after, or on both sides.
type Direction uint8

// The directions.
const (
	Back Direction = iota
	Forward
	Nearest
)

// ParseDirection reads "back", "forward" or "nearest".
func ParseDirection(name string) (Direction, error) {
	names := []string{"back", "forward", "nearest"}
	for i, n := range names {
		if n == name {
			return Direction(i), nil
		}
	}
	return 0, unknown("direction", name, names)
}

// AsofOptions say how an as-of join finds the row of the right frame.
type AsofOptions struct {
	// Within is how far the times may be apart in µs; less than 0 is no limit.
	Within int64
	// Strict leaves out rows of the same time.
	Strict bool
	// Direction says on which side the row is. Of the two nearest ones at the same distance
	// the earlier one is taken.
	Direction Direction
	// Suffix is put behind the names of columns that the left frame has too.
	Suffix string
	// By is the name of a column that both frames have, of texts or integers, in which the
	// two rows must be equal; "" is none.
	By string
}

// Asof joins each row of f with the one row of the right frame that was the last at or
// before its time: of rows of one time, the last. Both frames are sorted by their axes. The
// columns of a row without a partner are missing.
func (f *Frame) Asof(h Host, right *Frame, o AsofOptions) (*Frame, error) {
	j, err := newTimeJoin(h, f, right, o.By)
	if err != nil {
		return nil, err
	}
	h.Room(f.rows * 4)
	rows := make([]int32, f.rows)
	switch o.Direction {
	case Back:
		j.back(h, rows, o.Strict)
	case Forward:
		j.forward(h, rows, o.Strict)
	default:
		j.back(h, rows, o.Strict)
		h.Room(f.rows * 4)
		after := make([]int32, f.rows)
		j.forward(h, after, o.Strict)
		for i, row := range rows {
			if next := after[i]; row == noRow || next != noRow && j.rightTimes[next]-j.leftTimes[i] < j.leftTimes[i]-j.rightTimes[row] {
				rows[i] = next
			}
		}
	}
	if o.Within >= 0 {
		for i, row := range rows {
			if row == noRow {
				continue
			}
			if d := j.leftTimes[i] - j.rightTimes[row]; d > o.Within || d < -o.Within {
				rows[i] = noRow
			}
		}
	}
	columns := append([]*Column(nil), f.columns...)
	for _, c := range right.columns {
		if o.By != "" && c.Name == o.By {
			continue
		}
		name := c.Name
		if f.find(name) != nil {
			name += o.Suffix
		}
		columns = append(columns, c.take(h, rows).named(name))
	}
	return f.joined(columns)
}

// joined returns f with the columns of a join.
func (f *Frame) joined(columns []*Column) (*Frame, error) {
	g, err := New(f.Zone, "", columns...)
	if err != nil {
		return nil, &JoinError{NewNames, err}
	}
	g.rows, g.axis, g.LeftOut, g.Skipped = f.rows, f.axis, f.LeftOut, f.Skipped
	return g, nil
}

// timeJoin is two frames that are joined in time.
type timeJoin struct {
	leftTimes, rightTimes []int64

	// The numbers of the keys of all rows, if there is a column of keys. A left row whose key
	// the right frame has not has the number noRow.
	leftKeys, rightKeys []int32
	keys                int
}

func newTimeJoin(h Host, left, right *Frame, by string) (j *timeJoin, err error) {
	j = &timeJoin{keys: 1}
	if j.leftTimes, err = left.times(); err != nil {
		return nil, &JoinError{LeftFrame, err}
	}
	if j.rightTimes, err = right.times(); err != nil {
		return nil, &JoinError{RightFrame, err}
	}
	if by != "" {
		err = j.readKeys(h, left, right, by)
	}
	return j, err
}

// readKeys numbers the keys.
func (j *timeJoin) readKeys(h Host, left, right *Frame, by string) error {
	l, err := left.Column(by)
	if err != nil {
		return &JoinError{KeyColumn, fmt.Errorf("the left frame: %w", err)}
	}
	r, err := right.Column(by)
	if err != nil {
		return &JoinError{KeyColumn, fmt.Errorf("the right frame: %w", err)}
	}
	if l.Kind != r.Kind || l.Kind != Text && l.Kind != Int {
		return &JoinError{KeyColumn, fmt.Errorf("columns of texts or of integers expected, got %q of kind %v and of kind %v", by, l.Kind, r.Kind)}
	}
	h.Room(4 * (l.Len() + r.Len()))
	j.leftKeys, j.rightKeys = make([]int32, l.Len()), make([]int32, r.Len())
	j.keys = r.refine(h, j.rightKeys, 1)
	if l.Kind == Text {
		j.numberTexts(h, l, r)
	} else {
		j.numberInts(h, l, r)
	}
	return nil
}

// numberTexts gives the left rows the numbers that the right ones with their texts have.
func (j *timeJoin) numberTexts(h Host, l, r *Column) {
	h.Room(4 * (len(l.words.list) + len(r.words.list)))
	ofRight, ofLeft := make([]int32, len(r.words.list)), make([]int32, len(l.words.list)) // by word
	for i := range ofRight {
		ofRight[i] = noRow // a word that no row has
	}
	inSteps(h, len(r.codes), func(from, to int) {
		for i := from; i < to; i++ {
			if !r.Missing(i) {
				ofRight[r.codes[i]] = j.rightKeys[i]
			}
		}
	})
	inSteps(h, len(ofLeft), func(from, to int) {
		for i, word := range l.words.list[from:to] {
			ofLeft[from+i] = noRow
			if code, ok := r.words.index[word]; ok {
				ofLeft[from+i] = ofRight[code]
			}
		}
	})
	inSteps(h, len(l.codes), func(from, to int) {
		for i := from; i < to; i++ {
			j.leftKeys[i] = noRow
			if !l.Missing(i) {
				j.leftKeys[i] = ofLeft[l.codes[i]]
			}
		}
	})
}

// numberInts is numberTexts of integers.
func (j *timeJoin) numberInts(h Host, l, r *Column) {
	h.Room(j.keys * mapEntry)
	numbers := make(map[int64]int32, j.keys)
	last := int32(noRow)
	inSteps(h, len(r.ints), func(from, to int) {
		for i := from; i < to; i++ {
			if key := j.rightKeys[i]; key > last && !r.Missing(i) { // new: numbers ascend
				numbers[r.ints[i]] = key
				last = key
			}
		}
	})
	inSteps(h, len(l.ints), func(from, to int) {
		for i := from; i < to; i++ {
			number, ok := numbers[l.ints[i]]
			if !ok || l.Missing(i) {
				number = noRow
			}
			j.leftKeys[i] = number
		}
	})
}

// lastRows returns for each key that no row was seen.
func (j *timeJoin) lastRows() []int32 {
	last := make([]int32, j.keys)
	for i := range last {
		last[i] = noRow
	}
	return last
}

// back sets rows to the last right row at or before each left row, or before it if strict
// is set.
func (j *timeJoin) back(h Host, rows []int32, strict bool) {
	last, r := j.lastRows(), 0
	stop := stopper{host: h}
	for l, ts := range j.leftTimes {
		for ; r < len(j.rightTimes) && (j.rightTimes[r] < ts || !strict && j.rightTimes[r] == ts); r++ {
			last[j.rightKey(r)] = int32(r)
			stop.step(1)
		}
		rows[l] = j.lastOf(last, l)
		stop.step(1)
	}
}

// forward is back towards the other side.
func (j *timeJoin) forward(h Host, rows []int32, strict bool) {
	next, r := j.lastRows(), len(j.rightTimes)-1
	stop := stopper{host: h}
	for l := len(j.leftTimes) - 1; l >= 0; l-- {
		ts := j.leftTimes[l]
		for ; r >= 0 && (j.rightTimes[r] > ts || !strict && j.rightTimes[r] == ts); r-- {
			next[j.rightKey(r)] = int32(r)
			stop.step(1)
		}
		rows[l] = j.lastOf(next, l)
		stop.step(1)
	}
}

func (j *timeJoin) rightKey(row int) int32 {
	if j.rightKeys == nil {
		return 0
	}
	return j.rightKeys[row]
}

func (j *timeJoin) lastOf(last []int32, left int) int32 {
	if j.leftKeys == nil {
		return last[0]
	}
	if key := j.leftKeys[left]; key != noRow {
		return last[key]
	}
	return noRow
}
