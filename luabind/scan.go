package luabind

import (
	"microts/internal/luavm"
	"microts/internal/tick"
)

var scanSig = newSignature("scan", "db", "market", "code", "start_us?", "end_us?", "opts?")

func scan(c *luavm.Call) {
	s := &scanSig
	h := s.handle(c)
	in := s.instrument(c, h)
	o := tick.ScanOptions{Range: s.span(c, 4)}
	var fields scanFields
	none := false
	s.eachOption(c, 6, func(name string, value luavm.Value) error {
		switch name {
		case "limit":
			limit, ok := integer(value, tick.MaxTime)
			if !ok {
				return expected("integer number of rows", value)
			}
			o.Limit, none = int(limit), limit == 0
		case "reverse":
			if value != luavm.True && value != luavm.False {
				return expected("boolean", value)
			}
			o.Reverse = value == luavm.True
		default:
			if known, err := fields.set(name, value); known {
				return err
			}
			return unknownName(name, "limit", "reverse", "fields", "skip")
		}
		return nil
	})
	fields.check(c, s, 6)
	if none { // in ScanOptions a Limit of 0 means no limit
		o.Range = tick.Range{From: 1, To: 0}
	}
	if fields.fields != nil {
		s.scanOfFields(c, h, in, o, fields)
		return
	}
	rows, err := h.source.Scan(in, o)
	if err != nil {
		s.raise(c, h, err)
	}
	it := &iterator{handle: h, rows: rows}
	c.Return(luavm.NewFunctionWith("(scan)", it, it.next).Value())
}

// IsScan reports whether v is a function that scan returned. Each call of it
// returns ts_us, value and seq of the next row, or nil after the last.
func IsScan(v luavm.Value) bool {
	_, ok := v.Data().(*iterator)
	return ok
}

// iterator is the state of one scan.
type iterator struct {
	handle *handle
	rows   *tick.Rows
	values luavm.Strings
}

// MemorySize implements luavm.MemorySizer.
func (it *iterator) MemorySize() int64 {
	const inRocksDB = 16 << 10 // bytes of its iterator
	return inRocksDB + int64(it.rows.Held())
}

// next is what Lua's for calls for each row.
func (it *iterator) next(c *luavm.Call) {
	if !it.rows.Next() {
		if err := it.rows.Err(); err != nil {
			scanSig.raise(c, it.handle, err)
		}
		c.Return(luavm.Nil)
		return
	}
	value := it.rows.Value()
	if len(value) > longValue {
		c.Room(len(value))
	}
	c.Return(luavm.Int(int(it.rows.Time())), it.values.Part(value), luavm.Int(int(it.rows.Seq())))
}
