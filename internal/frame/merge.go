package frame

import "microts/internal/tick"

// Merge iterates over the ticks of many instruments in the order of time. Ticks of one µs
// come in the order in which the instruments were named, those of one instrument in the
// order of their seqs.
type Merge struct {
	host  Host
	runs  []mergeRun
	heap  []int32 // numbers of runs that have a row, the one with the first row in front
	ready bool
	err   error
}

// mergeRun is the ticks of one instrument.
type mergeRun struct {
	rows   *tick.Rows // unless columns are read
	blocks tick.ColumnBlocks
	set    tick.Columns
	block  *tick.Block
	times  []int64 // of the block
	at     int     // the current row
}

// NewMerge begins to iterate over the ticks of a range, with some columns of tick records.
// With values set it reads whole values instead. The caller closes the Merge.
func NewMerge(h Host, s tick.Source, instruments []tick.Instrument, r tick.Range, all []Field, values bool) (*Merge, error) {
	m := &Merge{host: h, runs: make([]mergeRun, len(instruments))}
	set := ColumnsOf(all)
	for i := range instruments {
		h.CheckStop()
		o := tick.ScanOptions{Range: r}
		var err error
		if values {
			m.runs[i].rows, err = s.Scan(&instruments[i], o)
		} else {
			m.runs[i].blocks, err = tick.ScanColumns(s, &instruments[i], o, set)
		}
		if err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

// read reads the next block of a run; false at its end.
func (r *mergeRun) read() (ok bool, err error) {
	r.at = 0
	if r.rows != nil {
		if r.block = r.rows.NextBlock(); r.block == nil {
			return false, r.rows.Err()
		}
		r.times = r.block.Times
		return true, nil
	}
	if !r.blocks.Read(&r.set) {
		return false, r.blocks.Err()
	}
	r.times = r.set.Times
	return true, nil
}

// Next moves to the next tick and says whether there is one. After false, Err returns why
// reading failed, or nil.
func (m *Merge) Next() bool {
	if !m.ready {
		return m.begin()
	}
	if len(m.heap) == 0 {
		return false
	}
	r := &m.runs[m.heap[0]]
	if r.at++; r.at == len(r.times) {
		m.host.CheckStop()
		ok, err := r.read()
		if err != nil {
			m.fail(err)
			return false
		}
		if !ok {
			last := len(m.heap) - 1
			m.heap[0] = m.heap[last]
			if m.heap = m.heap[:last]; last == 0 {
				return false
			}
		}
	}
	m.sink(0)
	return true
}

// begin reads the first block of each instrument.
func (m *Merge) begin() bool {
	m.ready = true
	for i := range m.runs {
		m.host.CheckStop()
		ok, err := m.runs[i].read()
		if err != nil {
			m.fail(err)
			return false
		}
		if ok {
			m.heap = append(m.heap, int32(i))
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return len(m.heap) > 0
}

func (m *Merge) fail(err error) { m.err, m.heap = err, nil }

// before says whether the current row of run a comes before that of run b.
func (m *Merge) before(a, b int32) bool {
	x, y := &m.runs[a], &m.runs[b]
	if tx, ty := x.times[x.at], y.times[y.at]; tx != ty {
		return tx < ty
	}
	return a < b
}

// sink moves a run of the heap behind those that come before it.
func (m *Merge) sink(i int) {
	run := m.heap[i]
	for {
		child := 2*i + 1
		if child >= len(m.heap) {
			break
		}
		if child+1 < len(m.heap) && m.before(m.heap[child+1], m.heap[child]) {
			child++
		}
		if !m.before(m.heap[child], run) {
			break
		}
		m.heap[i] = m.heap[child]
		i = child
	}
	m.heap[i] = run
}

// SetHost makes the Merge run for another Host.
func (m *Merge) SetHost(h Host) { m.host = h }

// Instrument returns the number of the instrument of the current tick, from 0 on.
func (m *Merge) Instrument() int { return int(m.heap[0]) }

// Time returns the time of the current tick in µs.
func (m *Merge) Time() int64 {
	r := &m.runs[m.heap[0]]
	return r.times[r.at]
}

// Value returns the seq and the value of the current tick, of a Merge of values.
func (m *Merge) Value() (seq uint16, value string) {
	r := &m.runs[m.heap[0]]
	return r.block.Seqs[r.at], r.block.Values.At(r.at)
}

// Columns returns the columns in which the current tick is, and its row there, of a Merge of
// columns.
func (m *Merge) Columns() (c *tick.Columns, row int) {
	r := &m.runs[m.heap[0]]
	return &r.set, r.at
}

// Err returns why Next returned false, or nil at the end of the ticks.
func (m *Merge) Err() error { return m.err }

// Close frees what the Merge holds.
func (m *Merge) Close() {
	for i := range m.runs {
		if r := &m.runs[i]; r.rows != nil {
			r.rows.Close()
		} else if r.blocks != nil {
			r.blocks.Close()
		}
	}
	m.heap, m.ready = nil, true
}
