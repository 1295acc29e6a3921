package luabind

import (
	"strconv"

	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	getSig   = newSignature("get", "db", "market", "code", "ts_us", "seq?")
	firstSig = newSignature("first", "db", "market", "code", "ts_us?")
	lastSig  = newSignature("last", "db", "market", "code", "ts_us?")
	countSig = newSignature("count", "db", "market", "code", "start_us?", "end_us?")
	codesSig = newSignature("codes", "db", "market?")
)

func get(c *luavm.Call) {
	s := &getSig
	h := s.handle(c)
	in := s.instrument(c, h)
	value, ok, err := h.source.Get(in, s.time(c, 4), s.seq(c, 5))
	s.returnValue(c, h, value, ok, err)
}

// returnValue returns the value that get or db_get found, or nil.
func (s *signature) returnValue(c *luavm.Call, h *handle, value string, ok bool, err error) {
	if err != nil {
		s.raise(c, h, err)
	}
	if !ok {
		c.Return(luavm.Nil)
		return
	}
	c.Return(textValue(c, value))
}

func first(c *luavm.Call) {
	s := &firstSig
	h := s.handle(c)
	in := s.instrument(c, h)
	row, ok, err := h.source.First(in, s.moment(c, 4, 0))
	s.returnRow(c, h, row, ok, err)
}

func last(c *luavm.Call) {
	s := &lastSig
	h := s.handle(c)
	in := s.instrument(c, h)
	row, ok, err := h.source.Last(in, s.moment(c, 4, tick.MaxTime-1))
	s.returnRow(c, h, row, ok, err)
}

// returnRow returns the row that first or last found, or nil.
func (s *signature) returnRow(c *luavm.Call, h *handle, row tick.Row, ok bool, err error) {
	if err != nil {
		s.raise(c, h, err)
	}
	if !ok {
		c.Return(luavm.Nil)
		return
	}
	c.Return(luavm.Int(int(row.Time)), textValue(c, row.Value), luavm.Int(int(row.Seq)))
}

func count(c *luavm.Call) {
	s := &countSig
	h := s.handle(c)
	in := s.instrument(c, h)
	n, err := h.source.Count(in, s.span(c, 4))
	if err != nil {
		s.raise(c, h, err)
	}
	c.Return(luavm.Int(n))
}

// nameShape is that of the rows of codes.
var nameShape = luavm.NewShape(0, 0, keysOf("market", "code", "symbol", "number")...)

func codes(c *luavm.Call) {
	s := &codesSig
	h := s.handle(c)
	var market byte
	if v := c.Arg(2); !v.IsNil() {
		m := optText(v)
		if len(m) != 1 || !tick.Printable(m[0]) {
			s.bad(c, 2, "one printable ASCII character")
		}
		market = m[0]
	}
	found, err := h.source.Names(market)
	if err != nil {
		s.raise(c, h, err)
	}
	memory := growing{c: c}
	list := luavm.NewTable(len(found), 0)
	for _, name := range found {
		row := nameShape.NewTable()
		row.SetField(0, luavm.Byte(name.Market))
		code, symbol := name.CodeText(), name.FullSymbol()
		row.SetField(1, luavm.Part(code))
		row.SetField(2, luavm.Part(symbol))
		if n, err := strconv.ParseUint(name.Code, 10, 32); err == nil {
			row.SetField(3, luavm.Int(int(n)))
		}
		list.Append(row.Value())
		memory.add(int(row.MemorySize()) + len(code) + len(symbol))
	}
	memory.end()
	c.Return(list.Value())
}
