package bars

import "microts/internal/tick"

// Read makes bars of the ticks of an instrument in Options.Range. A bar is complete if the
// instrument has a tick at or after its stop, in the range or behind it.
func Read(s tick.Source, in *tick.Instrument, o Options) (*Bars, error) {
	b, err := New(o)
	if err != nil {
		return nil, err
	}
	if err := b.Push(&tick.Columns{}); err != nil { // a field that does not exist
		return nil, err
	}
	blocks, err := tick.ScanColumns(s, in, tick.ScanOptions{Range: b.o.Range}, b.Columns())
	if err != nil {
		return nil, err
	}
	defer blocks.Close()
	var c tick.Columns
	for blocks.Read(&c) {
		if err := b.Push(&c); err != nil {
			return nil, err
		}
	}
	if err := blocks.Err(); err != nil {
		return nil, err
	}
	if after := b.o.Range.To + 1; after < tick.MaxTime {
		if _, ok, err := s.First(in, after); err != nil {
			return nil, err
		} else if ok {
			b.Reach(after)
		}
	}
	return b.Bars()
}
