package luabind

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/tick"
)

var scanSig = newSignature("scan", "db", "market", "code", "start_us", "end_us", "opts?")

func scan(L *lua.LState) int {
	s := &scanSig
	h := s.handle(L)
	in := s.instrument(L, h)
	o := tick.ScanOptions{Range: tick.Range{From: s.time(L, 4), To: s.time(L, 5)}}
	none := false
	s.eachOption(L, 6, func(name string, value lua.LValue) error {
		switch name {
		case "limit":
			limit, ok := integer(value, tick.MaxTime)
			if !ok {
				return expected("integer number of rows", value)
			}
			o.Limit, none = int(limit), limit == 0
		case "reverse":
			b, ok := value.(lua.LBool)
			if !ok {
				return expected("boolean", value)
			}
			o.Reverse = bool(b)
		default:
			return unknownName(name, "limit", "reverse")
		}
		return nil
	})
	if none { // in ScanOptions a Limit of 0 means no limit
		o.Range = tick.Range{From: 1, To: 0}
	}
	rows, err := h.db.Scan(in, o)
	if err != nil {
		s.raise(L, h, err)
	}
	it := &iterator{handle: h, rows: rows}
	L.Push(moduleOf(L).scans.NewFunction(it.next, it))
	return 1
}

// IsScan reports whether v is a function that scan returned. Each call of it
// returns ts_us, value and seq of the next row, or nil after the last.
func IsScan(L *lua.LState, v lua.LValue) bool { return moduleOf(L).scans.Has(v) }

// iterator is the state of one scan.
type iterator struct {
	handle *handle
	rows   *tick.Rows
	values glua.Allocator
}

// MemorySize implements glua.MemorySizer.
func (it *iterator) MemorySize() int64 {
	const inRocksDB = 16 << 10 // bytes of its iterator
	return inRocksDB + int64(it.rows.Held())
}

// next is what Lua's for calls for each row.
func (it *iterator) next(L *lua.LState) int {
	if !it.rows.Next() {
		if err := it.rows.Err(); err != nil {
			if interrupt := moduleOf(L).interrupted(); interrupt != nil && errors.Is(err, interrupt) {
				L.RaiseError("%v", interrupt) // of the script, whose loop this is
			}
			scanSig.raise(L, it.handle, err)
		}
		L.Push(lua.LNil)
		return 1
	}
	L.Push(it.values.Number(float64(it.rows.Time())))
	L.Push(it.values.String(it.rows.Value()))
	L.Push(lua.LNumber(it.rows.Seq()))
	return 3
}
