package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/tick"
	"microts/store"
)

var scanSig = newSignature("scan", "db", "market", "code", "start_us", "end_us", "opts?")

func scan(L *lua.LState) int {
	s := &scanSig
	h := s.handle(L)
	in := s.instrument(L, h)
	start, end := s.time(L, 4), s.time(L, 5)
	limit, reverse := int64(0), false
	none := false
	s.eachOption(L, 6, func(name string, value lua.LValue) string {
		var ok bool
		switch name {
		case "limit":
			if limit, ok = integer(value, tick.MaxTime); !ok {
				return "integer number of rows expected, got " + describeValue(value)
			}
			none = limit == 0
		case "reverse":
			b, ok := value.(lua.LBool)
			if !ok {
				return "boolean expected, got " + describeValue(value)
			}
			reverse = bool(b)
		default:
			return unknownOption(name, "limit", "reverse")
		}
		return ""
	})
	if none { // store takes 0 for no limit
		start, end = 1, 0
	}
	rows, err := h.db.Scan(in, start, end, int(limit), reverse)
	if err != nil {
		s.raise(L, h, err)
	}
	it := &iterator{handle: h, rows: rows}
	L.Push(moduleOf(L).scans.NewFunction(it.next))
	return 1
}

// IsScan says whether a value is what scan returned: a function that returns
// ts_us, value and seq of the next row, or nil.
func IsScan(L *lua.LState, v lua.LValue) bool { return moduleOf(L).scans.Has(v) }

// iterator is the state of one scan.
type iterator struct {
	handle *handle
	rows   *store.Scan
	values glua.Allocator
}

// next is what Lua's for calls for each row.
func (it *iterator) next(L *lua.LState) int {
	if !it.rows.Next() {
		if err := it.rows.Err(); err != nil {
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
