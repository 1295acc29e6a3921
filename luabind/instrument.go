package luabind

import (
	"strings"

	"microts/internal/luavm"
	"microts/internal/tick"
)

const wantCode = "integer 0..999999999 or a string"

// instrument returns the instrument of arguments 2 and 3, market and code, for reading.
// The pointer is valid until the next call.
func (s *signature) instrument(c *luavm.Call, h *handle) *tick.Instrument {
	if s.setInstrument(c, h) {
		var err error
		if h.instrument, err = h.source.Find(h.name); err != nil {
			s.raise(c, h, err)
		}
	}
	return &h.instrument
}

// setInstrument reads arguments 2 and 3, market and code. If it returns false, h.instrument is
// the instrument that they name. Otherwise their name, h.name, has a long code: the
// database finds the instrument or, for writing, define does.
func (s *signature) setInstrument(c *luavm.Call, h *handle) (isLong bool) {
	// == compares strings by their addresses. Constants of equal bytes are one string.
	if c.Arg(2) == h.market && c.Arg(3) == h.code {
		return false
	}
	return s.newInstrument(c, h)
}

// newInstrument is setInstrument of other arguments than those of the call before.
func (s *signature) newInstrument(c *luavm.Call, h *handle) (isLong bool) {
	market, code := c.Arg(2), c.Arg(3)
	if !market.IsString() || len(market.Text()) != 1 {
		s.bad(c, 2, "one printable ASCII character")
	}
	var in tick.Instrument
	var err error
	switch {
	case code.IsNumber():
		n := int64(code.Float())
		if float64(n) != code.Float() {
			s.bad(c, 3, wantCode)
		}
		in, err = tick.NewInstrument(market.Text()[0], n)
	case code.IsString():
		text := tick.BareCode(market.Text()[0], code.Text())
		if len(text) > tick.CodeSize {
			return s.newName(c, h, text)
		}
		if in, err = tick.ParseInstrument(market.Text()[0], text); err != nil {
			return s.newName(c, h, text)
		}
	default:
		s.bad(c, 3, wantCode)
	}
	if err != nil {
		s.throw(c, err)
	}
	h.market, h.code, h.instrument = market, code, in
	return false
}

// newName is setInstrument of a code that no key has as it is.
func (s *signature) newName(c *luavm.Call, h *handle, code string) (isLong bool) {
	market := c.Arg(2).Text()[0]
	if in, ok := h.defined[tick.Name{Market: market, Code: code}]; ok {
		h.market, h.code, h.instrument = c.Arg(2), c.Arg(3), in
		return false
	}
	h.market = noMarket // h.instrument is not that of the arguments, or not for good
	var err error
	if h.name, err = tick.NewName(market, code); err != nil {
		s.throw(c, err)
	}
	in, isShort := h.name.Instrument() // "0000000001" is short
	h.instrument = in
	return !isShort
}

// maxDefined is how many long codes a handle remembers.
const maxDefined = 4096

// define makes h.instrument that of h.name, for writing. A name keeps the instrument
// that it was once defined as.
func (s *signature) define(c *luavm.Call, h *handle) {
	in, err := s.database(c, h).Define(h.name)
	if err != nil {
		s.raise(c, h, err)
	}
	h.market, h.code, h.instrument = c.Arg(2), c.Arg(3), in
	if h.defined == nil || len(h.defined) >= maxDefined {
		h.defined = map[tick.Name]tick.Instrument{}
	}
	h.name.Code = strings.Clone(h.name.Code) // which may be a part of a large string
	h.defined[h.name] = in
}
