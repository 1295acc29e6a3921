package luabind

import (
	"encoding/binary"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	putSig         = newSignature("put", "db", "market", "code", "ts_us", "seq", "value")
	putManySig     = newSignature("put_many", "db", "market", "code", "rows")
	deleteSig      = newSignature("delete", "db", "market", "code", "ts_us", "seq?")
	deleteRangeSig = newSignature("delete_range", "db", "market", "code", "start_us", "end_us")
	flushSig       = newSignature("flush", "db")
	packRowSig     = newSignature("pack_row", "ts_us", "seq", "value")
)

func put(L *lua.LState) int {
	h := putSig.handle(L)
	in := putSig.instrument(L, h)
	ts, seq := putSig.time(L, 4), putSig.seq(L, 5)
	value, ok := L.Get(6).(lua.LString)
	if !ok {
		putSig.bad(L, 6, "string")
	}
	if err := h.db.Put(in, ts, seq, string(value)); err != nil {
		putSig.raise(L, h, err)
	}
	return 0
}

func putMany(L *lua.LState) int {
	s := &putManySig
	h := s.handle(L)
	in := s.instrument(L, h)
	h.rows = h.rows[:0]
	var problem string
	switch rows := L.Get(4).(type) {
	case *lua.LTable:
		h.rows, problem = tableRows(h.rows, rows)
	case lua.LString:
		h.rows, problem = packedRows(h.rows, string(rows))
	default:
		s.bad(L, 4, "table of rows or string of packed rows")
	}
	if problem != "" {
		s.badAs(L, 4, problem)
	}
	n := len(h.rows)
	err := h.db.PutMany(in, h.rows)
	clear(h.rows) // it shall not keep the values alive
	if err != nil {
		s.raise(L, h, err)
	}
	L.Push(lua.LNumber(n))
	return 1
}

// tableRows appends the rows of a Lua array: {ts_us, value [, seq]}, or the
// same by name.
func tableRows(to []tick.Row, rows *lua.LTable) (_ []tick.Row, problem string) {
	for i := 1; i <= rows.Len(); i++ {
		row, ok := rows.RawGetInt(i).(*lua.LTable)
		if !ok {
			return to, fmt.Sprintf("row %d: table expected, got %s", i, describeValue(rows.RawGetInt(i)))
		}
		field := func(at int, name string) lua.LValue {
			if v := row.RawGetInt(at); v != lua.LNil {
				return v
			}
			return row.RawGetString(name)
		}
		ts, value, seq := field(1, "ts_us"), field(2, "value"), field(3, "seq")
		n, ok := integer(ts, tick.MaxTime-1)
		if !ok {
			return to, fmt.Sprintf("row %d: ts_us: %s 0 <= us < 2^53 expected, got %s", i, wantTime, describeValue(ts))
		}
		v, ok := value.(lua.LString)
		if !ok {
			return to, fmt.Sprintf("row %d: value: string expected, got %s", i, describeValue(value))
		}
		q, ok := integer(seq, tick.MaxSeq)
		if !ok && seq != lua.LNil {
			return to, fmt.Sprintf("row %d: seq: %s expected, got %s", i, wantSeq, describeValue(seq))
		}
		to = append(to, tick.Row{Time: n, Seq: uint16(q), Value: string(v)})
	}
	return to, ""
}

// integer returns a number that is an integer from 0 to most.
func integer(v lua.LValue, most int64) (int64, bool) {
	n, ok := v.(lua.LNumber)
	if !ok || !(n >= 0 && n <= lua.LNumber(most)) || n != lua.LNumber(int64(n)) {
		return 0, false
	}
	return int64(n), true
}

// A packed row, integers big-endian, as string.pack(">I8I2s4", ts_us, seq, value)
// of Lua 5.3 makes it:
//
//	offset  size  field
//	0       8     ts_us, 0 <= ts_us < 2^53
//	8       2     seq
//	10      4     length of the value, at most 65536
//	14            value
const packedHeader = 14

// packedRows appends the rows of a string, which may be anything. The values
// are parts of it.
func packedRows(to []tick.Row, s string) (_ []tick.Row, problem string) {
	for at := 0; at < len(s); {
		if len(s)-at < packedHeader {
			return to, fmt.Sprintf("row %d: %d bytes at the end are no packed row", len(to)+1, len(s)-at)
		}
		head := []byte(s[at : at+packedHeader])
		ts, seq, length := binary.BigEndian.Uint64(head), binary.BigEndian.Uint16(head[8:]), binary.BigEndian.Uint32(head[10:])
		at += packedHeader
		if ts >= tick.MaxTime {
			return to, fmt.Sprintf("row %d: ts_us: %s 0 <= us < 2^53 expected, got %d", len(to)+1, wantTime, ts)
		}
		if uint64(length) > uint64(len(s)-at) {
			return to, fmt.Sprintf("row %d: a value of %d bytes is announced, %d bytes are left", len(to)+1, length, len(s)-at)
		}
		to = append(to, tick.Row{Time: int64(ts), Seq: seq, Value: s[at : at+int(length)]})
		at += int(length)
	}
	return to, ""
}

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

func deleteTick(L *lua.LState) int {
	s := &deleteSig
	h := s.handle(L)
	in := s.instrument(L, h)
	if err := h.db.Delete(in, s.time(L, 4), s.seq(L, 5)); err != nil {
		s.raise(L, h, err)
	}
	return 0
}

func deleteRange(L *lua.LState) int {
	s := &deleteRangeSig
	h := s.handle(L)
	in := s.instrument(L, h)
	n, err := h.db.DeleteRange(in, tick.Range{From: s.time(L, 4), To: s.time(L, 5)})
	if err != nil {
		s.raise(L, h, err)
	}
	L.Push(lua.LNumber(n))
	return 1
}

func flush(L *lua.LState) int {
	h := flushSig.handle(L)
	if err := h.db.Flush(); err != nil {
		flushSig.raise(L, h, err)
	}
	return 0
}
