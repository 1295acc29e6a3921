package luabind

import (
	"microts/internal/luavm"
	"microts/store"
)

var (
	dbPutSig = newSignature("db_put", "db", "key", "qual", "val")
	dbGetSig = newSignature("db_get", "db", "key", "qual")
)

func dbPut(c *luavm.Call) {
	s := &dbPutSig
	h := s.handle(c)
	if err := s.database(c, h).PutRaw(store.DefaultFamily, s.rawKey(c), s.text(c, 4)); err != nil {
		s.raise(c, h, err)
	}
	c.Return()
}

func dbGet(c *luavm.Call) {
	s := &dbGetSig
	h := s.handle(c)
	value, ok, err := s.database(c, h).GetRaw(store.DefaultFamily, s.rawKey(c))
	s.returnValue(c, h, value, ok, err)
}

// rawKey returns arguments 2 and 3, key and qualifier, joined.
func (s *signature) rawKey(c *luavm.Call) string { return s.text(c, 2) + s.text(c, 3) }
