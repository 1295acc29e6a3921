package luabind

import (
	"encoding/binary"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

const wantRowTime = wantTime + " 0 <= us < 2^53"

// tableRows appends the rows of an array of tables to dst. A table is
// {ts_us, value [, seq]}, or has these fields by name. The values are not copied.
func tableRows(dst []tick.Row, rows *lua.LTable) ([]tick.Row, error) {
	for i := 1; i <= rows.Len(); i++ {
		row, err := tableRow(rows.RawGetInt(i))
		if err != nil {
			return dst, fmt.Errorf("row %d: %w", i, err)
		}
		dst = append(dst, row)
	}
	return dst, nil
}

func tableRow(v lua.LValue) (row tick.Row, err error) {
	t, ok := v.(*lua.LTable)
	if !ok {
		return row, expected("table", v)
	}
	field := func(at int, name string) lua.LValue {
		if v := t.RawGetInt(at); v != lua.LNil {
			return v
		}
		return t.RawGetString(name)
	}
	ts, value, seq := field(1, "ts_us"), field(2, "value"), field(3, "seq")
	if row.Time, ok = integer(ts, tick.MaxTime-1); !ok {
		return row, badField("ts_us", wantRowTime, ts)
	}
	text, ok := value.(lua.LString)
	if !ok {
		return row, badField("value", "string", value)
	}
	q, ok := integer(seq, tick.MaxSeq)
	if !ok && seq != lua.LNil {
		return row, badField("seq", wantSeq, seq)
	}
	row.Seq, row.Value = uint16(q), string(text)
	return row, nil
}

// A packed row, integers big-endian, is what string.pack(">I8I2s4", ts_us, seq,
// value) of Lua 5.3 returns:
//
//	offset  size  field
//	0       8     ts_us, 0 <= ts_us < 2^53
//	8       2     seq
//	10      4     length of the value, at most 65536
//	14            value
const packedHeader = 14

var packRowSig = newSignature("pack_row", "ts_us", "seq", "value")

func packRow(L *lua.LState) int {
	s := &packRowSig
	ts, seq, value := s.time(L, 1), s.seq(L, 2), s.str(L, 3)
	if len(value) > math.MaxUint32 {
		s.bad(L, 3, "a shorter string")
	}
	b := make([]byte, 0, packedHeader+len(value))
	b = binary.BigEndian.AppendUint64(b, uint64(ts))
	b = binary.BigEndian.AppendUint16(b, seq)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	L.Push(lua.LString(append(b, value...)))
	return 1
}

// packedRows appends the packed rows that s consists of to dst. The values are
// parts of s. If s does not consist of packed rows, it returns an error. It leaves
// the lengths of values to store.
func packedRows(dst []tick.Row, s string) ([]tick.Row, error) {
	for s != "" {
		row, rest, err := packedRow(s)
		if err != nil {
			return dst, fmt.Errorf("row %d: %w", len(dst)+1, err)
		}
		dst, s = append(dst, row), rest
	}
	return dst, nil
}

// packedRow returns the row at the beginning of s and what follows it.
func packedRow(s string) (row tick.Row, rest string, err error) {
	if len(s) < packedHeader {
		return row, s, fmt.Errorf("%d bytes at the end are no packed row", len(s))
	}
	head, rest := []byte(s[:packedHeader]), s[packedHeader:]
	ts, seq, length := binary.BigEndian.Uint64(head), binary.BigEndian.Uint16(head[8:]), binary.BigEndian.Uint32(head[10:])
	if ts >= tick.MaxTime {
		return row, s, fmt.Errorf("ts_us: %s expected, got %d", wantRowTime, ts)
	}
	if uint64(length) > uint64(len(rest)) {
		return row, s, fmt.Errorf("a value of %d bytes is announced, %d bytes are left", length, len(rest))
	}
	return tick.Row{Time: int64(ts), Seq: seq, Value: rest[:length]}, rest[length:], nil
}
