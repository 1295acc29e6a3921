package luabind

import (
	"microts/internal/luavm"
)

var (
	putSig         = newSignature("put", "db", "market", "code", "ts_us", "seq", "value")
	putManySig     = newSignature("put_many", "db", "market", "code", "rows", "opts?")
	deleteSig      = newSignature("delete", "db", "market", "code", "ts_us", "seq?")
	deleteRangeSig = newSignature("delete_range", "db", "market", "code", "start_us?", "end_us?")
	flushSig       = newSignature("flush", "db")
)

func put(c *luavm.Call) {
	s := &putSig
	h := s.handle(c)
	isLong := s.setInstrument(c, h)
	ts := s.time(c, 4)
	if v := c.Arg(5); !v.IsNumber() && isAuto(v) {
		putNext(c, h, isLong, ts, s.str(c, 6))
		return
	}
	seq, value := s.seq(c, 5), s.str(c, 6)
	if isLong {
		s.define(c, h)
	}
	db := s.database(c, h)
	s.checkPut(c, h, ts)
	if err := db.Put(&h.instrument, ts, seq, value); err != nil {
		s.raise(c, h, err)
	}
	c.Return()
}

// putNext is put with an automatic seq, which it returns.
func putNext(c *luavm.Call, h *handle, isLong bool, ts int64, value string) {
	s := &putSig
	if isLong {
		s.define(c, h)
	}
	db := s.database(c, h)
	s.checkPut(c, h, ts)
	seq, err := db.PutNext(&h.instrument, ts, value)
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(luavm.Int(int(seq)))
}

// checkPut throws if h.instrument may have no other ticks on the day of a time.
func (s *signature) checkPut(c *luavm.Call, h *handle, ts int64) {
	if err := h.source.CheckPut(&h.instrument, ts); err != nil {
		s.raise(c, h, err)
	}
}

func putMany(c *luavm.Call) {
	s := &putManySig
	h := s.handle(c)
	isLong := s.setInstrument(c, h)
	o, err := writeOptions(c, 5)
	if err != nil {
		s.throw(c, err)
	}
	h.rows = h.rows[:0]
	v := c.Arg(4)
	if rows, ok := v.AsTable(); ok {
		h.rows, err = tableRows(h.rows, rows, &o)
	} else if v.IsString() {
		h.rows, err = packedRows(h.rows, v.Text())
	} else {
		s.bad(c, 4, "table of rows or string of packed rows")
	}
	if err != nil {
		s.throw(c, &argError{4, err})
	}
	if isLong {
		s.define(c, h)
	}
	n := len(h.rows)
	db := s.database(c, h)
	overwritten := 0
	if err = h.source.CheckRows(&h.instrument, h.rows); err == nil {
		overwritten, err = db.PutRows(&h.instrument, h.rows, o)
	}
	clear(h.rows) // or h.rows keeps the values alive
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(luavm.Int(n), luavm.Int(overwritten))
}

func deleteTick(c *luavm.Call) {
	s := &deleteSig
	h := s.handle(c)
	in := s.instrument(c, h)
	ts, seq, db := s.time(c, 4), s.seq(c, 5), s.database(c, h)
	s.checkPut(c, h, ts)
	if err := db.Delete(in, ts, seq); err != nil {
		s.raise(c, h, err)
	}
	c.Return()
}

func deleteRange(c *luavm.Call) {
	s := &deleteRangeSig
	h := s.handle(c)
	in := s.instrument(c, h)
	r, db := s.span(c, 4), s.database(c, h)
	if err := h.source.CheckRange(in.Market(), r); err != nil {
		s.raise(c, h, err)
	}
	n, err := db.DeleteRange(in, r)
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(luavm.Int(n))
}

func flush(c *luavm.Call) {
	h := flushSig.handle(c)
	if err := flushSig.database(c, h).Flush(); err != nil {
		flushSig.raise(c, h, err)
	}
	c.Return()
}
