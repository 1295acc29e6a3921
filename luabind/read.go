package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	getSig   = newSignature("get", "db", "market", "code", "ts_us", "seq?")
	firstSig = newSignature("first", "db", "market", "code", "ts_us?")
	lastSig  = newSignature("last", "db", "market", "code", "ts_us?")
	countSig = newSignature("count", "db", "market", "code", "start_us?", "end_us?")
	codesSig = newSignature("codes", "db", "market?")
)

func get(L *lua.LState) int {
	h := getSig.handle(L)
	in := getSig.instrument(L, h)
	value, ok, err := h.db.Get(in, getSig.time(L, 4), getSig.seq(L, 5))
	return getSig.pushValue(L, h, value, ok, err)
}

// pushValue pushes the value that get or db_get found, or nil.
func (s *signature) pushValue(L *lua.LState, h *handle, value string, ok bool, err error) int {
	if err != nil {
		s.raise(L, h, err)
	}
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LString(value))
	return 1
}

func first(L *lua.LState) int {
	h := firstSig.handle(L)
	in := firstSig.instrument(L, h)
	row, ok, err := h.db.First(in, firstSig.optTime(L, 4, 0))
	return firstSig.pushRow(L, h, row, ok, err)
}

func last(L *lua.LState) int {
	h := lastSig.handle(L)
	in := lastSig.instrument(L, h)
	row, ok, err := h.db.Last(in, lastSig.optTime(L, 4, tick.MaxTime-1))
	return lastSig.pushRow(L, h, row, ok, err)
}

// pushRow pushes the row that first or last found, or nil.
func (s *signature) pushRow(L *lua.LState, h *handle, row tick.Row, ok bool, err error) int {
	if err != nil {
		s.raise(L, h, err)
	}
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(row.Time))
	L.Push(lua.LString(row.Value))
	L.Push(lua.LNumber(row.Seq))
	return 3
}

func count(L *lua.LState) int {
	s := &countSig
	h := s.handle(L)
	in := s.instrument(L, h)
	n, err := h.db.Count(in, tick.Range{From: s.optTime(L, 4, 0), To: s.optTime(L, 5, tick.MaxTime-1)})
	if err != nil {
		s.raise(L, h, err)
	}
	L.Push(lua.LNumber(n))
	return 1
}

func codes(L *lua.LState) int {
	s := &codesSig
	h := s.handle(L)
	var market byte
	if v := L.Get(2); v != lua.LNil {
		m, ok := v.(lua.LString)
		if !ok || len(m) != 1 || !tick.Printable(m[0]) {
			s.bad(L, 2, "one printable ASCII character")
		}
		market = m[0]
	}
	found, err := h.db.Instruments(market)
	if err != nil {
		s.raise(L, h, err)
	}
	list := L.CreateTable(len(found), 0)
	for _, in := range found {
		row := L.CreateTable(0, 2)
		row.RawSetString("market", lua.LString(string(in.Market())))
		row.RawSetString("code", lua.LString(in.Code()))
		list.Append(row)
	}
	L.Push(list)
	return 1
}
