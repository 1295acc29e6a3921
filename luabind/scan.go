package luabind

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

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
	next := L.NewFunction(it.next)
	next.Env = moduleOf(L).scans // next does not use it; IsScan recognises next by it
	L.Push(next)
	return 1
}

// IsScan reports whether v is a function that scan returned. Each call of it
// returns ts_us, value and seq of the next row, or nil after the last.
func IsScan(L *lua.LState, v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	return ok && fn.IsG && fn.Env == moduleOf(L).scans
}

// iterator is the state of one scan.
type iterator struct {
	handle *handle
	rows   *tick.Rows
	boxes  boxes
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
	L.Push(it.boxes.number(float64(it.rows.Time())))
	L.Push(it.boxes.str(it.rows.Value()))
	L.Push(lua.LNumber(it.rows.Seq()))
	return 3
}

// boxes makes the Lua values of rows. A Lua value is an interface that points
// to its number or string, an allocation each; boxes allocates 64 of them at
// once, and lets the interfaces point into them, as gopher-lua does with the
// numbers of its own. The price: one value keeps its 63 neighbours alive.
type boxes struct {
	numbers []lua.LNumber // not yet used
	strings []lua.LString
}

const boxCount = 64

// box is how Go lays out an interface with methods; TestBoxes pins it.
type box struct {
	table unsafe.Pointer
	value unsafe.Pointer
}

var (
	numberTable = tableOf(lua.LNumber(0))
	stringTable = tableOf(lua.LString(""))
)

func tableOf(v lua.LValue) unsafe.Pointer { return (*box)(unsafe.Pointer(&v)).table }

func (b *boxes) number(f float64) (v lua.LValue) {
	if len(b.numbers) == 0 {
		b.numbers = make([]lua.LNumber, boxCount)
	}
	n := &b.numbers[0]
	b.numbers = b.numbers[1:]
	*n = lua.LNumber(f)
	*(*box)(unsafe.Pointer(&v)) = box{numberTable, unsafe.Pointer(n)}
	return v
}

func (b *boxes) str(text string) (v lua.LValue) {
	if len(b.strings) == 0 {
		b.strings = make([]lua.LString, boxCount)
	}
	s := &b.strings[0]
	b.strings = b.strings[1:]
	*s = lua.LString(text)
	*(*box)(unsafe.Pointer(&v)) = box{stringTable, unsafe.Pointer(s)}
	return v
}
