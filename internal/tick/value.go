package tick

// Value is the decoded value of a tick in format V2: a tick record, or a point that a
// storage engine wrote.
type Value struct {
	IsRecord bool   // whether the value is Record; otherwise it is Point
	Record   Record // the zero Record unless IsRecord
	Point    Point  // the zero Point if IsRecord; Time and Seq, which the key holds, are 0
}

// DecodeValue decodes the value of a tick in format V2. If b is neither a tick
// record nor a point, the error says why b is no tick record. Value keeps nothing
// of b.
func DecodeValue(b []byte) (Value, error) {
	record, err := DecodeRecord(b)
	if err == nil {
		return Value{IsRecord: true, Record: record}, nil
	}
	v := Value{}
	if DecodePoint(b, &v.Point, V2) != nil {
		return Value{}, err
	}
	return v, nil
}

// Price returns a record's price, or a point's value, in units of the currency.
func (v *Value) Price() float64 {
	if v.IsRecord {
		return float64(v.Record.Price) / PriceScale
	}
	return v.Point.Value
}
