package exporter

import (
	"microts/internal/tablefile"
	"microts/internal/tick"
)

// fields are the columns of a file: those from raw on are there only if some value is no
// tick record, and the last two only if some points are no ticks.
var fields = []tablefile.Field{
	{Name: "market", Kind: tablefile.Text},
	{Name: "code", Kind: tablefile.Text},
	{Name: "ts", Kind: tablefile.Time},
	{Name: "seq", Kind: tablefile.Int},
	{Name: "price", Kind: tablefile.Price},
	{Name: "qty", Kind: tablefile.Int},
	{Name: "side", Kind: tablefile.Text},
	{Name: "channel", Kind: tablefile.Int},
	{Name: "order_no", Kind: tablefile.Unsigned},
	{Name: "tick_no", Kind: tablefile.Unsigned},
	{Name: "raw", Kind: tablefile.Bytes},
	{Name: "data_type", Kind: tablefile.Int},
	{Name: "value", Kind: tablefile.Float},
}

// The places of fields.
const (
	marketField = iota
	codeField
	timeField
	seqField
	priceField
	qtyField
	sideField
	channelField
	orderField
	tickField
	rawField
	typeField
	valueField
)

// converter makes columns of files of columns of ticks. Its slices are used again.
type converter struct {
	columns []tablefile.Column
	isOther []bool
	isTick  []bool
	all     []bool // true
}

// convert returns the first of the columns of some rows of an instrument.
func (v *converter) convert(name tick.Name, code string, c *tick.Columns, width int) []tablefile.Column {
	if v.columns == nil {
		v.columns = make([]tablefile.Column, len(fields))
	}
	n := c.Len()
	k := v.columns
	repeat(&k[marketField].Texts, string(rune(name.Market)), n)
	repeat(&k[codeField].Texts, code, n)
	k[timeField].Ints = c.Times
	widen(&k[seqField].Ints, c.Seqs)
	widen(&k[priceField].Ints, c.Prices)
	widen(&k[qtyField].Ints, c.Qtys)
	widen(&k[channelField].Ints, c.Channels)
	k[orderField].Unsigned, k[tickField].Unsigned = c.OrderNos, c.TickNos
	sides := k[sideField].Texts[:0]
	for _, side := range c.Sides {
		sides = append(sides, side.String())
	}
	k[sideField].Texts = sides
	v.setMissing(c)
	if width <= rawField {
		return k[:width]
	}
	values := k[rawField].Texts[:0]
	other := 0
	for _, missing := range v.isTick {
		value := ""
		if !missing {
			value = c.OtherValues[other]
			other++
		}
		values = append(values, value)
	}
	k[rawField].Texts = values
	if width > typeField {
		repeat(&k[typeField].Ints, 0, n)
		repeat(&k[valueField].Floats, 0, n)
		repeat(&v.all, true, n)
		k[valueField].Missing = v.all
	}
	return k[:width]
}

// setMissing sets which values are missing: of a tick record raw, of another value all
// that records have.
func (v *converter) setMissing(c *tick.Columns) {
	v.isOther, v.isTick = v.isOther[:0], v.isTick[:0]
	for range c.Len() {
		v.isOther, v.isTick = append(v.isOther, false), append(v.isTick, true)
	}
	for _, row := range c.Others {
		v.isOther[row], v.isTick[row] = true, false
	}
	for i := priceField; i < rawField; i++ {
		v.columns[i].Missing = nil
		if len(c.Others) > 0 {
			v.columns[i].Missing = v.isOther
		}
	}
	v.columns[rawField].Missing = v.isTick
}

// repeat sets out to n times a value.
func repeat[T any](out *[]T, value T, n int) {
	*out = (*out)[:0]
	for range n {
		*out = append(*out, value)
	}
}

// widen sets out to the values of a column.
func widen[T uint8 | uint16 | uint32 | int32](out *[]int64, values []T) {
	*out = (*out)[:0]
	for _, v := range values {
		*out = append(*out, int64(v))
	}
}
