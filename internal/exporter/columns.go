package exporter

import (
	"microts/internal/tablefile"
	"microts/internal/tick"
)

// fields are the columns of a file. The last one is there only if some value is no tick
// record.
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
)

// converter makes columns of files of columns of ticks. Its slices are used again.
type converter struct {
	columns []tablefile.Column
	isOther []bool
	isTick  []bool
}

// convert returns the columns of some rows of an instrument.
func (v *converter) convert(name tick.Name, code string, c *tick.Columns, raw bool) []tablefile.Column {
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
	if !raw {
		return k[:rawField]
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
	return k
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

// repeat sets texts to n times a text.
func repeat(texts *[]string, text string, n int) {
	*texts = (*texts)[:0]
	for range n {
		*texts = append(*texts, text)
	}
}

// widen sets out to the values of a column.
func widen[T uint8 | uint16 | uint32 | int32](out *[]int64, values []T) {
	*out = (*out)[:0]
	for _, v := range values {
		*out = append(*out, int64(v))
	}
}
