package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

var (
	dbPutSig = newSignature("db_put", "db", "key", "qual", "val")
	dbGetSig = newSignature("db_get", "db", "key", "qual")
)

func dbPut(L *lua.LState) int {
	s := &dbPutSig
	h := s.handle(L)
	if err := h.db.PutRaw(store.DefaultFamily, s.rawKey(L), s.text(L, 4)); err != nil {
		s.raise(L, h, err)
	}
	return 0
}

func dbGet(L *lua.LState) int {
	s := &dbGetSig
	h := s.handle(L)
	value, ok, err := h.db.GetRaw(store.DefaultFamily, s.rawKey(L))
	return s.pushValue(L, h, value, ok, err)
}

// rawKey returns arguments 2 and 3, key and qualifier, joined.
func (s *signature) rawKey(L *lua.LState) string { return s.text(L, 2) + s.text(L, 3) }
