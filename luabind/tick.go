package luabind

import (
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	packValueSig   = newSignature("pack_value", "tick")
	unpackValueSig = newSignature("unpack_value", "value")
)

const exact = 1 << 53 // up to here Lua's numbers are exact integers

func packValue(L *lua.LState) int {
	s := &packValueSig
	fields, ok := L.Get(1).(*lua.LTable)
	if !ok {
		s.bad(L, 1, "table")
	}
	t := tick.Record{Side: tick.NoSide}
	fields.ForEach(func(k, v lua.LValue) {
		if problem := setField(&t, k, v); problem != "" {
			s.badAs(L, 1, problem)
		}
	})
	L.Push(lua.LString(tick.AppendRecord(make([]byte, 0, tick.RecordSize), t)))
	return 1
}

// setField sets the field of a tick that has the name k.
func setField(t *tick.Record, k, v lua.LValue) (problem string) {
	name, _ := k.(lua.LString)
	want, ok := "", false
	switch name {
	case "price":
		want = "integer -2147483648..2147483647, in 1/10000 of the currency,"
		var n lua.LNumber
		if n, ok = v.(lua.LNumber); ok {
			t.Price = int32(n)
			ok = lua.LNumber(t.Price) == n
		}
	case "qty":
		want = "integer 0..4294967295"
		var n int64
		n, ok = integer(v, math.MaxUint32)
		t.Qty = uint32(n)
	case "channel":
		want = "integer 0..255"
		var n int64
		n, ok = integer(v, math.MaxUint8)
		t.Channel = uint8(n)
	case "side":
		want = `"B", "S" or "N", or 0, 1 or 2`
		t.Side, ok = sideOf(v)
	case "order_no":
		want = "integer 0..2^53, or a decimal string up to 18446744073709551615,"
		t.OrderNo, ok = unsigned(v)
	case "tick_no":
		want = "integer 0..2^53, or a decimal string up to 18446744073709551615,"
		t.TickNo, ok = unsigned(v)
	default:
		return fmt.Sprintf("field %s is %s", describeValue(k),
			unknownOption(k.String(), "price", "qty", "channel", "side", "order_no", "tick_no"))
	}
	if !ok {
		return fmt.Sprintf("%s: %s expected, got %s", name, want, describeValue(v))
	}
	return ""
}

func sideOf(v lua.LValue) (tick.Side, bool) {
	switch v {
	case lua.LString("B"):
		return tick.Buy, true
	case lua.LString("S"):
		return tick.Sell, true
	case lua.LString("N"):
		return tick.NoSide, true
	}
	n, ok := integer(v, int64(tick.NoSide))
	return tick.Side(n), ok
}

// unsigned reads a uint64: a number up to 2^53, above which numbers are not
// exact, or a decimal string.
func unsigned(v lua.LValue) (uint64, bool) {
	if s, ok := v.(lua.LString); ok {
		n, err := strconv.ParseUint(string(s), 10, 64)
		return n, err == nil
	}
	n, ok := integer(v, exact)
	return uint64(n), ok
}

func unpackValue(L *lua.LState) int {
	s := &unpackValueSig
	value := s.str(L, 1)
	t, err := tick.DecodeRecord([]byte(value))
	if err != nil {
		p := tick.Point{Side: tick.NoSide}
		if tick.DecodePoint([]byte(value), &p, tick.V2) == nil {
			fields := moduleOf(L).points.table(&p, tick.Microseconds)
			fields.RawSetString("timestamp", lua.LNil) // which is in the key,
			fields.RawSetString("seq", lua.LNil)       // like the seq
			fields.RawSetString("price", lua.LNumber(p.Value*tick.PriceScale))
			L.Push(fields)
			return 1
		}
		s.badAs(L, 1, fmt.Sprintf("50-byte tick record expected: %v", err))
	}
	fields := L.CreateTable(0, 6)
	fields.RawSetString("price", lua.LNumber(t.Price))
	fields.RawSetString("qty", lua.LNumber(t.Qty))
	fields.RawSetString("channel", lua.LNumber(t.Channel))
	fields.RawSetString("side", lua.LString(t.Side.String()))
	fields.RawSetString("order_no", exactNumber(t.OrderNo))
	fields.RawSetString("tick_no", exactNumber(t.TickNo))
	L.Push(fields)
	return 1
}

// exactNumber returns a number, or, above 2^53, a decimal string.
func exactNumber(n uint64) lua.LValue {
	if n > exact {
		return lua.LString(strconv.FormatUint(n, 10))
	}
	return lua.LNumber(n)
}
