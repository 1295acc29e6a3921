package tick

// Source is something that ticks are read from, such as a database. A Source is for one
// goroutine at a time. Package sourcetest checks what Source promises. A time or range
// that is out of bounds is a *RangeError.
type Source interface {
	// Instruments returns the instruments that have ticks, in the order of
	// Instrument.Compare; market, unless it is 0, chooses those of one market.
	Instruments(market byte) ([]Instrument, error)

	// Get returns the value of the tick at ts, in µs, and seq; ok is false if there is
	// none.
	Get(in *Instrument, ts int64, seq uint16) (value string, ok bool, err error)

	// First returns the first tick at or after ts, in µs; ok is false if
	// there is none.
	First(in *Instrument, ts int64) (r Row, ok bool, err error)

	// Last returns the last tick at or before ts, in µs; ok is false if
	// there is none.
	Last(in *Instrument, ts int64) (r Row, ok bool, err error)

	// Count returns the number of ticks in a range.
	Count(in *Instrument, r Range) (int, error)

	// Scan begins a scan: it reads the ticks of a range, as they are now, in the order
	// of (time, seq), or in reverse. The caller closes the Rows.
	Scan(in *Instrument, o ScanOptions) (*Rows, error)
}

// Row is one tick of an instrument.
type Row struct {
	Time  int64 // µs
	Seq   uint16
	Value string // at most MaxValue bytes
}

// Range is a range of time in µs since 1970, both ends included, each from 0 to
// MaxTime-1. With From after To it is empty.
type Range struct{ From, To int64 }

// Always is the range of all times.
var Always = Range{0, MaxTime - 1}

// Check returns a *RangeError unless both ends are from 0 to MaxTime-1. It calls them
// start_us and end_us.
func (r Range) Check() error {
	if err := CheckTime("start_us", r.From); err != nil {
		return err
	}
	return CheckTime("end_us", r.To)
}

// Empty says whether no tick can be in the range.
func (r Range) Empty() bool { return r.From > r.To }

// ScanOptions says which ticks a scan reads.
type ScanOptions struct {
	Range

	// Limit is how many rows the scan reads at most. Zero or less is no limit.
	Limit int

	// Reverse makes the scan read from the end of the range to its beginning.
	Reverse bool
}

// PointSeries is the points of one name and data type, which no Source has: those of
// storage engines, apart from the points that are ticks.
type PointSeries interface {
	Name() Name
	DataType() uint8

	// Rows begins a scan of the points in a range, in the order of (time, seq). In format
	// V1 the seqs of the rows are 0. The caller closes the Rows.
	Rows(r Range) (*Rows, error)

	// Count returns the number of points in a range.
	Count(r Range) (int, error)

	// Decode decodes the value of a row into p, as DecodePoint does.
	Decode(value string, p *Point) error
}
