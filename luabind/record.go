package luabind

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	packValueSig   = newSignature("pack_value", "tick")
	unpackValueSig = newSignature("unpack_value", "value")
)

var recordFields = []string{"price", "qty", "channel", "side", "order_no", "tick_no"}

func packValue(L *lua.LState) int {
	s := &packValueSig
	fields, ok := L.Get(1).(*lua.LTable)
	if !ok {
		s.bad(L, 1, "table")
	}
	t := tick.Record{Side: tick.NoSide}
	fields.ForEach(func(k, v lua.LValue) {
		if err := readRecordField(&t, k, v); err != nil {
			s.throw(L, &argError{1, err})
		}
	})
	L.Push(lua.LString(tick.AppendRecord(make([]byte, 0, tick.RecordSize), t)))
	return 1
}

// readRecordField sets the field k of t to v.
func readRecordField(t *tick.Record, k, v lua.LValue) (err error) {
	name, _ := k.(lua.LString)
	switch name {
	case "price":
		n, ok := v.(lua.LNumber)
		t.Price = int32(n)
		if !ok || lua.LNumber(t.Price) != n {
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
func readSide(v lua.LValue) (tick.Side, error) {
	switch v {
	case lua.LString("B"):
		return tick.Buy, nil
	case lua.LString("S"):
		return tick.Sell, nil
	case lua.LString("N"):
		return tick.NoSide, nil
	}
	n, ok := integer(v, int64(tick.NoSide))
	if !ok {
		return 0, badField("side", `"B", "S" or "N", or 0, 1 or 2`, v)
	}
	return tick.Side(n), nil
}

func unpackValue(L *lua.LState) int {
	s := &unpackValueSig
	v, err := tick.DecodeValue([]byte(s.str(L, 1)))
	switch {
	case err != nil:
		s.throw(L, &argError{1, fmt.Errorf("50-byte tick record expected: %w", err)})
	case v.IsRecord:
		L.Push(recordTable(L, &v.Record))
	default:
		L.Push(pointValueTable(L, &v.Point))
	}
	return 1
}

func recordTable(L *lua.LState, t *tick.Record) *lua.LTable {
	fields := L.CreateTable(0, len(recordFields))
	fields.RawSetString("price", lua.LNumber(t.Price))
	fields.RawSetString("qty", lua.LNumber(t.Qty))
	fields.RawSetString("channel", lua.LNumber(t.Channel))
	fields.RawSetString("side", lua.LString(t.Side.String()))
	fields.RawSetString("order_no", unsignedValue(t.OrderNo))
	fields.RawSetString("tick_no", unsignedValue(t.TickNo))
	return fields
}

// pointValueTable returns a point without timestamp and seq, which the value of a
// tick does not hold, and with a price like that of a record.
func pointValueTable(L *lua.LState, p *tick.Point) *lua.LTable {
	fields := moduleOf(L).points.table(p, tick.Microseconds)
	fields.RawSetString("timestamp", lua.LNil)
	fields.RawSetString("seq", lua.LNil)
	fields.RawSetString("price", lua.LNumber(p.Value*tick.PriceScale))
	return fields
}
