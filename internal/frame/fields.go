package frame

import (
	"fmt"
	"strings"

	"microts/internal/tick"
)

// Field is a field of a tick: a column of a frame of ticks.
type Field uint8

// The fields, in the order of the columns.
const (
	TsField Field = iota
	SeqField
	PriceField
	QtyField
	SideField
	ChannelField
	OrderNoField
	TickNoField
	fields
)

var fieldNames = [fields]string{"ts", "seq", "price", "qty", "side", "channel", "order_no", "tick_no"}

// String returns the name of the field, which its column has.
func (f Field) String() string { return fieldNames[f] }

// column returns the column of ticks that holds the field; 0 for the time, which all have.
func (f Field) column() tick.ColumnSet {
	return [fields]tick.ColumnSet{
		SeqField:   tick.SeqColumn,
		PriceField: tick.PriceColumn, QtyField: tick.QtyColumn, SideField: tick.SideColumn,
		ChannelField: tick.ChannelColumn, OrderNoField: tick.OrderNoColumn, TickNoField: tick.TickNoColumn,
	}[f]
}

// ColumnsOf returns the columns of ticks that hold some fields.
func ColumnsOf(all []Field) (set tick.ColumnSet) {
	for _, f := range all {
		set |= f.column()
	}
	return set
}

// ParseFields reads names of fields with commas or spaces between them.
func ParseFields(text string) ([]Field, error) {
	var all []Field
	seen := [fields]bool{}
	for _, name := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' }) {
		f, err := parseField(name)
		if err != nil {
			return nil, err
		}
		if seen[f] {
			return nil, fmt.Errorf("field %q is named twice", name)
		}
		seen[f] = true
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("names of fields expected, such as %q, got %q", "price,qty", text)
	}
	return all, nil
}

func parseField(name string) (Field, error) {
	for f, n := range fieldNames {
		if n == name {
			return Field(f), nil
		}
	}
	return 0, unknown("field", name, fieldNames[:])
}

// Price returns a price of a record in units of the currency.
func Price(p int32) float64 { return float64(p) / tick.PriceScale }
