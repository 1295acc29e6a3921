package frame

import (
	"errors"
	"fmt"
	"time"

	"microts/internal/tick"
)

// TickOptions say what Ticks reads.
type TickOptions struct {
	// Fields are the fields of tick records that become columns, after ts, which always
	// does. Nil is all.
	Fields []Field
	// Layout, unless it is nil, is the layout of the values, in place of tick records.
	Layout *Layout
	// Skip makes Ticks leave out ticks whose values do not fit, and count them in Skipped.
	// Without it such a tick is an error.
	Skip bool
	// Zone is that of the frame; nil is Asia/Shanghai.
	Zone *time.Location
}

// Ticks reads the ticks of a range into a frame whose axis is ts. Prices are in units of
// the currency, sides 1, -1 and 0.
func Ticks(h Host, s tick.Source, in *tick.Instrument, r tick.Range, o TickOptions) (*Frame, error) {
	if o.Layout != nil {
		return layoutTicks(h, s, in, r, &o)
	}
	all := o.Fields
	if all == nil {
		all = []Field{SeqField, PriceField, QtyField, SideField, ChannelField, OrderNoField, TickNoField}
	}
	blocks, err := tick.ScanColumns(s, in, tick.ScanOptions{Range: r}, ColumnsOf(all))
	if err != nil {
		return nil, err
	}
	defer blocks.Close()
	b := newTickBuilder(h, all, o.Skip, o.Zone)
	var c tick.Columns
	for blocks.Read(&c) {
		h.CheckStop()
		if err := b.add(&c); err != nil {
			return nil, err
		}
	}
	if err := blocks.Err(); err != nil {
		return nil, err
	}
	return b.frame()
}

// tickBuilder makes a frame of columns of tick records.
type tickBuilder struct {
	host    Host
	all     []Field // those of the columns, in their order; the first one is ts
	skip    bool
	zone    *time.Location
	skipped int

	times    chunks[int64]
	ints     [fields]chunks[int64]
	floats   chunks[float64]
	unsigned [fields]chunks[uint64]
}

func newTickBuilder(h Host, all []Field, skip bool, zone *time.Location) *tickBuilder {
	named := make([]Field, 1, 1+len(all))
	for _, f := range all {
		if f != TsField {
			named = append(named, f)
		}
	}
	return &tickBuilder{host: h, all: named, skip: skip, zone: zone}
}

// add appends the rows that are tick records.
func (b *tickBuilder) add(c *tick.Columns) error {
	if len(c.Others) > 0 && !b.skip {
		row := c.Others[0]
		return fmt.Errorf("%w; layout says how other values are laid out, skip=true leaves them out", NotARecord(c.Times[row], c.OtherSeqs[0], c.OtherValues[0], b.zone))
	}
	from := 0
	for _, other := range c.Others {
		b.addRows(c, from, other)
		from = other + 1
	}
	b.addRows(c, from, c.Len())
	b.skipped += len(c.Others)
	return nil
}

// addRows appends the rows from (included) to to (not included).
func (b *tickBuilder) addRows(c *tick.Columns, from, to int) {
	n := to - from
	if n == 0 {
		return
	}
	copy(b.times.add(b.host, n), c.Times[from:to])
	for _, f := range b.all[1:] {
		switch f {
		case SeqField:
			convert(b.ints[f].add(b.host, n), c.Seqs[from:to])
		case PriceField:
			at := b.floats.add(b.host, n)
			for i, p := range c.Prices[from:to] {
				at[i] = Price(p)
			}
		case QtyField:
			convert(b.ints[f].add(b.host, n), c.Qtys[from:to])
		case SideField:
			at := b.ints[f].add(b.host, n)
			for i, s := range c.Sides[from:to] {
				at[i] = int64(s.Sign())
			}
		case ChannelField:
			convert(b.ints[f].add(b.host, n), c.Channels[from:to])
		case OrderNoField:
			copy(b.unsigned[f].add(b.host, n), c.OrderNos[from:to])
		case TickNoField:
			copy(b.unsigned[f].add(b.host, n), c.TickNos[from:to])
		}
	}
}

func convert[T uint8 | uint16 | uint32](to []int64, from []T) {
	for i, v := range from {
		to[i] = int64(v)
	}
}

// frame returns the frame of all rows.
func (b *tickBuilder) frame() (*Frame, error) {
	columns := []*Column{NewTimes(TsField.String(), b.times.join(b.host))}
	columns[0].order = order{known: true, bad: -1}
	for _, f := range b.all[1:] {
		var c *Column
		switch f {
		case PriceField:
			c = NewFloats(f.String(), b.floats.join(b.host))
		case OrderNoField, TickNoField:
			c = NewUnsigned(f.String(), b.unsigned[f].join(b.host))
		default:
			c = NewInts(f.String(), b.ints[f].join(b.host))
		}
		columns = append(columns, c)
	}
	f, err := New(b.zone, TsField.String(), columns...)
	if err == nil {
		f.Skipped = b.skipped
	}
	return f, err
}

// NotARecord is the error of a tick whose value is no tick record.
func NotARecord(ts int64, seq uint16, value string, zone *time.Location) error {
	_, err := tick.DecodeRecord([]byte(value))
	if v, bad := tick.DecodeValue([]byte(value)); bad == nil && !v.IsRecord {
		err = errPoint
	}
	return fmt.Errorf("the tick of %s: %w", tickName(ts, seq, zone), err)
}

var errPoint = errors.New("a point of a storage engine, not a tick record: its read_range returns points, of which ts.frame makes a frame")

// tickName names a tick for an error.
func tickName(ts int64, seq uint16, zone *time.Location) string {
	if zone == nil {
		zone = tick.Shanghai
	}
	return fmt.Sprintf("%s (%d, seq %d)", tick.FormatTime(ts, zone), ts, seq)
}
