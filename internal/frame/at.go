package frame

import (
	"math"
	"time"

	"microts/internal/tick"
)

// At reads the last tick at or before ts, in µs, of each of some instruments, in a frame
// with a row for each: the columns market, code and symbol, then those of all fields. If an
// instrument has no tick then, or none that is less than within µs old, its fields are
// missing; within < 0 is no limit.
func At(h Host, s tick.Source, names []tick.Name, find func(tick.Name) (tick.Instrument, error), ts, within int64, zone *time.Location) (*Frame, error) {
	n := len(names)
	const row = 96 // bytes
	h.Room(n * row)
	var columns tick.Columns
	missing := make([]bool, n)
	for i, name := range names {
		h.CheckStop()
		in, err := find(name)
		if err != nil {
			return nil, err
		}
		r, ok, err := s.Last(&in, ts)
		if err != nil {
			return nil, err
		}
		if !ok || within >= 0 && ts-r.Time > within {
			missing[i] = true
			r = tick.Row{}
		}
		var record tick.Record
		if !missing[i] {
			if record, err = tick.DecodeRecord([]byte(r.Value)); err != nil {
				return nil, NotARecord(r.Time, r.Seq, r.Value, zone)
			}
		}
		columns.Times, columns.Seqs = append(columns.Times, r.Time), append(columns.Seqs, r.Seq)
		columns.Prices, columns.Qtys = append(columns.Prices, record.Price), append(columns.Qtys, record.Qty)
		columns.Channels, columns.Sides = append(columns.Channels, record.Channel), append(columns.Sides, record.Side)
		columns.OrderNos, columns.TickNos = append(columns.OrderNos, record.OrderNo), append(columns.TickNos, record.TickNo)
	}
	b := newTickBuilder(h, []Field{SeqField, PriceField, QtyField, SideField, ChannelField, OrderNoField, TickNoField}, false, zone)
	if err := b.add(&columns); err != nil {
		return nil, err
	}
	f, err := b.frame()
	if err != nil {
		return nil, err
	}
	all := nameColumns(names)
	for _, c := range f.columns {
		c.order = order{}
		c.missing = missing
		if c.Kind == Float {
			c.missing = nil
			for i := range c.floats {
				if missing[i] {
					c.floats[i] = math.NaN()
				}
			}
		}
		all = append(all, c)
	}
	return New(zone, "", all...)
}

// nameColumns returns the columns market, code and symbol of some names.
func nameColumns(names []tick.Name) []*Column {
	texts := []struct {
		name string
		of   func(tick.Name) string
	}{
		{"market", func(n tick.Name) string { return string(rune(n.Market)) }},
		{"code", tick.Name.CodeText},
		{"symbol", tick.Name.FullSymbol},
	}
	columns := make([]*Column, len(texts))
	for i, t := range texts {
		words, codes := &Words{}, make([]uint32, len(names))
		for row, name := range names {
			codes[row] = words.Code(t.of(name))
		}
		columns[i] = NewText(t.name, codes, words)
	}
	return columns
}
