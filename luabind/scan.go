package luabind

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

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
			if limit, ok = integer(value, store.MaxTime); !ok {
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
	L.Push(L.NewFunction(it.next))
	return 1
}

// iterator is the state of one scan.
type iterator struct {
	handle *handle
	rows   *store.Scan
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
	ts, value := it.boxes.row(it.rows.Time(), it.rows.Value())
	L.Push(ts)
	L.Push(value)
	L.Push(lua.LNumber(it.rows.Seq()))
	return 3
}

// boxes makes the Lua values of rows. A Lua value is an interface that points
// to its number or string, an allocation each; boxes allocates the numbers and
// strings of 64 rows at once, and lets the interfaces point into them, as
// gopher-lua does with the numbers of its own. The price: one value of a row
// keeps its 63 neighbours alive.
type boxes struct {
	numbers *[boxRows]lua.LNumber
	strings *[boxRows]lua.LString
	used    int
}

const boxRows = 64

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

func (b *boxes) row(ts int64, value string) (number, str lua.LValue) {
	if b.numbers == nil || b.used == boxRows {
		b.numbers, b.strings, b.used = new([boxRows]lua.LNumber), new([boxRows]lua.LString), 0
	}
	n, s := &b.numbers[b.used], &b.strings[b.used]
	b.used++
	*n, *s = lua.LNumber(ts), lua.LString(value)
	*(*box)(unsafe.Pointer(&number)) = box{numberTable, unsafe.Pointer(n)}
	*(*box)(unsafe.Pointer(&str)) = box{stringTable, unsafe.Pointer(s)}
	return number, str
}
