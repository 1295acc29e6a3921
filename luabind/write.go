package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	putSig         = newSignature("put", "db", "market", "code", "ts_us", "seq", "value")
	putManySig     = newSignature("put_many", "db", "market", "code", "rows")
	deleteSig      = newSignature("delete", "db", "market", "code", "ts_us", "seq?")
	deleteRangeSig = newSignature("delete_range", "db", "market", "code", "start_us", "end_us")
	flushSig       = newSignature("flush", "db")
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
	var err error
	switch rows := L.Get(4).(type) {
	case *lua.LTable:
		h.rows, err = tableRows(h.rows, rows)
	case lua.LString:
		h.rows, err = packedRows(h.rows, string(rows))
	default:
		s.bad(L, 4, "table of rows or string of packed rows")
	}
	if err != nil {
		s.throw(L, &argError{4, err})
	}
	n := len(h.rows)
	err = h.db.PutMany(in, h.rows)
	clear(h.rows) // or h.rows keeps the values alive
	if err != nil {
		s.raise(L, h, err)
	}
	L.Push(lua.LNumber(n))
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
