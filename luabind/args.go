package luabind

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

// The methods of signature in this file return an argument of a call, as the type
// that Go needs. They throw if the argument is not of that type. i is the
// argument's number: it counts from 1 and includes the handle.

const (
	wantTime = "integer microseconds"
	wantSeq  = "integer 0..65535"
	wantCode = "integer 0..999999999 or a string"
)

// handle returns the handle that is the first argument.
func (s *signature) handle(L *lua.LState) *handle {
	h := handleOf(L.Get(1))
	if h == nil {
		s.bad(L, 1, "database handle")
	}
	return h
}

// instrument returns the instrument of arguments 2 and 3, market and code. The
// pointer is valid until the next call.
func (s *signature) instrument(L *lua.LState, h *handle) *tick.Instrument {
	market, code := L.Get(2), L.Get(3)
	if market == h.market && code == h.code {
		return &h.instrument
	}
	m, ok := market.(lua.LString)
	if !ok || len(m) != 1 {
		s.bad(L, 2, "one printable ASCII character")
	}
	var in tick.Instrument
	var err error
	switch c := code.(type) {
	case lua.LNumber:
		if c != lua.LNumber(int64(c)) {
			s.bad(L, 3, wantCode)
		}
		in, err = tick.NewInstrument(m[0], int64(c))
	case lua.LString:
		in, err = tick.ParseInstrument(m[0], string(c))
	default:
		s.bad(L, 3, wantCode)
	}
	if err != nil {
		s.throw(L, err)
	}
	h.market, h.code, h.instrument = market, code, in
	return &h.instrument
}

// time returns argument i, a time in µs.
func (s *signature) time(L *lua.LState, i int) int64 {
	n, ok := L.Get(i).(lua.LNumber)
	if !ok {
		n = s.number(L, i, wantTime)
	}
	ts := int64(n)
	if lua.LNumber(ts) != n && math.Abs(float64(n)) < tick.MaxTime || n != n {
		s.bad(L, i, wantTime)
	}
	if uint64(ts) >= tick.MaxTime {
		s.bad(L, i, wantTime+" 0 <= us < 2^53")
	}
	return ts
}

// optTime is time, but returns preset if the argument is nil or absent.
func (s *signature) optTime(L *lua.LState, i int, preset int64) int64 {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return s.time(L, i)
}

// seq returns argument i, a seq. It returns 0 if the argument is nil or absent.
func (s *signature) seq(L *lua.LState, i int) uint16 {
	v := L.Get(i)
	n, ok := v.(lua.LNumber)
	if !ok {
		if v == lua.LNil {
			return 0
		}
		n = s.number(L, i, wantSeq)
	}
	seq := uint16(n)
	if lua.LNumber(seq) != n {
		s.bad(L, i, wantSeq)
	}
	return seq
}

// number returns argument i, a string, as the number that Lua's arithmetic would
// make of it.
func (s *signature) number(L *lua.LState, i int, want string) lua.LNumber {
	if str, ok := L.Get(i).(lua.LString); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(string(str)), 64); err == nil {
			return lua.LNumber(f)
		}
	}
	s.bad(L, i, want)
	return 0
}

// str returns argument i, a string.
func (s *signature) str(L *lua.LState, i int) string {
	v, ok := L.Get(i).(lua.LString)
	if !ok {
		s.bad(L, i, "string")
	}
	return string(v)
}

// text returns argument i, a string, or a number as a string.
func (s *signature) text(L *lua.LState, i int) string {
	text, err := textArg(L, i)
	if err != nil {
		s.throw(L, err)
	}
	return text
}

// textArg returns argument i, a string, or a number as a string.
func textArg(L *lua.LState, i int) (string, error) {
	v := L.Get(i)
	if !lua.LVCanConvToString(v) {
		return "", badArg(L, i, "string")
	}
	return lua.LVAsString(v), nil
}
