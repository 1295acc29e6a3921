package exporter

import (
	"fmt"

	"microts/internal/tablefile"
	"microts/internal/tick"
)

// PointSource is a Source that may have points which are no ticks.
type PointSource interface {
	Source

	// PointSeries returns the series of these points; market, unless it is 0, chooses
	// those of one market.
	PointSeries(market byte) ([]tick.PointSeries, error)

	// IsDatabaseV1 says whether it is a database of format V1, which has symbols and
	// points, and no ticks.
	IsDatabaseV1() bool
}

// symbolFields are the columns of a file of a database of format V1.
var symbolFields = []tablefile.Field{
	{Name: "symbol", Kind: tablefile.Text},
	{Name: "data_type", Kind: tablefile.Int},
	{Name: "ts", Kind: tablefile.Time},
	{Name: "seq", Kind: tablefile.Int},
	{Name: "value", Kind: tablefile.Float},
	{Name: "quality", Kind: tablefile.Float},
	{Name: "volume", Kind: tablefile.Float},
	{Name: "channel", Kind: tablefile.Float},
	{Name: "side", Kind: tablefile.Text},
	{Name: "order_no", Kind: tablefile.Unsigned},
	{Name: "tick_no", Kind: tablefile.Unsigned},
	{Name: "raw", Kind: tablefile.Bytes},
}

// pointConverter makes columns of files of points. Its slices are used again.
type pointConverter struct {
	columns []tablefile.Column
	point   tick.Point
}

// begin empties the columns, of which there are n.
func (v *pointConverter) begin(n int) {
	if v.columns == nil {
		v.columns = make([]tablefile.Column, n)
	}
	for i := range v.columns {
		c := &v.columns[i]
		*c = tablefile.Column{Texts: c.Texts[:0], Floats: c.Floats[:0], Ints: c.Ints[:0], Unsigned: c.Unsigned[:0], Missing: c.Missing[:0]}
	}
}

// convert returns columns of some rows of a series: in format V1 symbolFields, in format V2
// fields.
func (v *pointConverter) convert(s tick.PointSeries, v1 bool, b *tick.Block) ([]tablefile.Column, error) {
	n := len(fields)
	if v1 {
		n = len(symbolFields)
	}
	v.begin(n)
	name := s.Name()
	code, symbol := name.CodeText(), name.Symbol()
	for i, us := range b.Times {
		value := b.Values.At(i)
		v.point = tick.Point{Time: us, Seq: b.Seqs[i]}
		if err := s.Decode(value, &v.point); err != nil {
			return nil, err
		}
		if v1 {
			v.addSymbol(symbol, s.DataType(), value)
		} else {
			v.addName(name, code, s.DataType(), value)
		}
	}
	return v.columns, nil
}

// addSymbol adds a row to the columns symbolFields.
func (v *pointConverter) addSymbol(symbol string, dataType uint8, value string) {
	k, p := v.columns, &v.point
	has := func(field tick.Field) bool { return p.Has&field != 0 }
	addText(&k[0], symbol, true) // in the order of symbolFields
	addInt(&k[1], int64(dataType), true)
	addInt(&k[2], p.Time, true)
	addInt(&k[3], int64(p.Seq), true)
	addFloat(&k[4], p.Value, true)
	addFloat(&k[5], p.Quality, has(tick.HasQuality))
	addFloat(&k[6], p.Volume, has(tick.HasVolume))
	addFloat(&k[7], p.Channel, has(tick.HasChannel))
	addText(&k[8], (p.Side % tick.SideNumber).String(), has(tick.HasSide))
	addUnsigned(&k[9], p.OrderNo, has(tick.HasOrderNo))
	addUnsigned(&k[10], p.TickNo, has(tick.HasTickNo))
	addText(&k[11], value, true)
}

// addName adds a row to the columns fields. What only tick records have is missing.
func (v *pointConverter) addName(name tick.Name, code string, dataType uint8, value string) {
	k, p := v.columns, &v.point
	addText(&k[marketField], string(rune(name.Market)), true)
	addText(&k[codeField], code, true)
	addInt(&k[timeField], p.Time, true)
	addInt(&k[seqField], int64(p.Seq), true)
	for field := priceField; field < rawField; field++ {
		switch fields[field].Kind {
		case tablefile.Text:
			addText(&k[field], "", false)
		case tablefile.Unsigned:
			addUnsigned(&k[field], 0, false)
		default:
			addInt(&k[field], 0, false)
		}
	}
	addText(&k[rawField], value, true)
	addInt(&k[typeField], int64(dataType), true)
	addFloat(&k[valueField], p.Value, true)
}

func addText(c *tablefile.Column, v string, there bool) {
	c.Texts, c.Missing = append(c.Texts, v), append(c.Missing, !there)
}

func addFloat(c *tablefile.Column, v float64, there bool) {
	c.Floats, c.Missing = append(c.Floats, v), append(c.Missing, !there)
}

func addUnsigned(c *tablefile.Column, v uint64, there bool) {
	c.Unsigned, c.Missing = append(c.Unsigned, v), append(c.Missing, !there)
}

func addInt(c *tablefile.Column, v int64, there bool) {
	c.Ints, c.Missing = append(c.Ints, v), append(c.Missing, !there)
}

// scanPoints calls f with the points of a series.
func (e *export) scanPoints(s tick.PointSeries, f func(b *tick.Block) error) error {
	rows, err := s.Rows(e.o.Range)
	if err != nil {
		return err
	}
	defer rows.Close()
	for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", s.Name().FullSymbol(), err)
	}
	return e.ctx.Err()
}
