package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	packValueSig   = newSignature("pack_value", "tick")
	unpackValueSig = newSignature("unpack_value", "value")
)

var recordFields = []string{"price", "qty", "channel", "side", "order_no", "tick_no"}

func packValue(c *luavm.Call) {
	s := &packValueSig
	fields, ok := c.Arg(1).AsTable()
	if !ok {
		s.bad(c, 1, "table")
	}
	t := tick.Record{Side: tick.NoSide}
	for k, v := range fields.All() {
		if err := readRecordField(&t, k, v); err != nil {
			s.throw(c, &argError{1, err})
		}
	}
	var room [tick.RecordSize]byte
	c.Return(luavm.Text(tick.AppendRecord(room[:0], t)))
}

// readRecordField sets the field k of t to v.
func readRecordField(t *tick.Record, k, v luavm.Value) (err error) {
	switch optText(k) {
	case "price":
		n := v.Float()
		t.Price = int32(n)
		if !v.IsNumber() || float64(t.Price) != n {
			return badField("price", "integer -2147483648..2147483647, in 1/10000 of the currency,", v)
		}
	case "qty":
		n, ok := integer(v, math.MaxUint32)
		if !ok {
			return badField("qty", "integer 0..4294967295", v)
		}
		t.Qty = uint32(n)
	case "channel":
		n, ok := integer(v, math.MaxUint8)
		if !ok {
			return badField("channel", "integer 0..255", v)
		}
		t.Channel = uint8(n)
	case "side":
		t.Side, err = readSide(v)
	case "order_no":
		err = readUnsigned("order_no", v, &t.OrderNo)
	case "tick_no":
		err = readUnsigned("tick_no", v, &t.TickNo)
	default:
		err = unknownField(k, recordFields)
	}
	return err
}

// readSide reads the field side: a letter, or the number that it has in a record.
func readSide(v luavm.Value) (tick.Side, error) {
	switch optText(v) {
	case "B":
		return tick.Buy, nil
	case "S":
		return tick.Sell, nil
	case "N":
		return tick.NoSide, nil
	}
	n, ok := integer(v, int64(tick.NoSide))
	if !ok {
		return 0, badField("side", `"B", "S" or "N", or 0, 1 or 2`, v)
	}
	return tick.Side(n), nil
}

func unpackValue(c *luavm.Call) {
	s := &unpackValueSig
	var room [128]byte // for the values of a microts database
	v, err := tick.DecodeValue(append(room[:0], s.str(c, 1)...))
	switch {
	case err != nil:
		s.throw(c, &argError{1, fmt.Errorf("50-byte tick record expected: %w", err)})
	case v.IsRecord:
		c.Return(recordTable(&v.Record).Value())
	default:
		c.Return(moduleOf(c).points.priced(&v.Point).Value())
	}
}

// recordShape is that of a record, with the fields of recordFields.
var recordShape = luavm.NewShape(0, 0, keysOf(recordFields...)...)

func recordTable(r *tick.Record) *luavm.Table {
	t := recordShape.NewTable()
	t.SetField(0, luavm.Int(int(r.Price)))
	t.SetField(1, luavm.Int(int(r.Qty)))
	t.SetField(2, luavm.Int(int(r.Channel)))
	t.SetField(3, sideValues[r.Side])
	t.SetField(4, unsignedValue(r.OrderNo))
	t.SetField(5, unsignedValue(r.TickNo))
	return t
}

// keysOf returns names as keys of tables.
func keysOf(names ...string) []*luavm.String {
	keys := make([]*luavm.String, len(names))
	for i, name := range names {
		keys[i] = luavm.Intern(name)
	}
	return keys
}
