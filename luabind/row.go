package luabind

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

const wantRowTime = wantTime + " 0 <= us < 2^53"

// The keys of a row that is a table.
var (
	tsKey    = luavm.Intern("ts_us")
	valueKey = luavm.Intern("value")
	seqKey   = luavm.Intern("seq")
)

// tableRows appends the rows of an array of tables to dst. A table is
// {ts_us, value [, seq]}, or has these fields by name. The values are not copied. If the
// rows have automatic seqs, it sets o.AutoSeq.
func tableRows(dst []tick.Row, rows *luavm.Table, o *store.WriteOptions) ([]tick.Row, error) {
	n := rows.Len()
	dst = slices.Grow(dst, n)
	seqs := newSeqKind(o)
	for i := 1; i <= n; i++ {
		row, err := tableRow(rows.GetInt(i), &seqs)
		if err != nil {
			return dst, fmt.Errorf("row %d: %w", i, err)
		}
		dst = append(dst, row)
	}
	o.AutoSeq = seqs.auto
	return dst, nil
}

func tableRow(v luavm.Value, seqs *seqKind) (row tick.Row, err error) {
	t, ok := v.AsTable()
	if !ok {
		return row, expected("table", v)
	}
	field := func(at int, key *luavm.String) luavm.Value {
		if v := t.GetInt(at); !v.IsNil() {
			return v
		}
		return t.GetStr(key)
	}
	ts, value, seq := field(1, tsKey), field(2, valueKey), field(3, seqKey)
	if row.Time, ok = integer(ts, tick.MaxTime-1); !ok {
		return row, badField("ts_us", wantRowTime, ts)
	}
	if !value.IsString() {
		return row, badField("value", "string", value)
	}
	row.Value = value.Text()
	row.Seq, err = seqs.read(seq)
	return row, err
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

func packRow(c *luavm.Call) {
	s := &packRowSig
	ts, seq, value := s.time(c, 1), s.seq(c, 2), s.str(c, 3)
	if len(value) > math.MaxUint32 {
		s.bad(c, 3, "a shorter string")
	}
	var room [128]byte // for a short one
	b := room[:0]
	if n := packedHeader + len(value); n > len(room) {
		b = make([]byte, 0, n)
		c.Room(n)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(ts))
	b = binary.BigEndian.AppendUint16(b, seq)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	c.Return(luavm.Text(append(b, value...)))
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
