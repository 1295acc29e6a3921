package luabind

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/suggest"
	"microts/internal/tick"
	"microts/store"
)

// signature is the name of a function and of its arguments, for the errors that
// its body raises. An optional argument's name ends in "?".
type signature struct {
	name string
	args []string
}

func newSignature(name string, args ...string) signature { return signature{name, args} }

// arg returns the name of argument i, from 1.
func (s *signature) arg(i int) string { return strings.TrimSuffix(s.args[i-1], "?") }

const wantTime = "integer microseconds"

// bad raises the error of an argument that is not what was expected; i counts
// from 1, the handle included.
func (s *signature) bad(L *lua.LState, i int, want string) {
	s.badAs(L, i, fmt.Sprintf("%s expected, got %s", want, describe(L, i)))
}

// badAs is bad with a problem in the place of "... expected, got ...".
func (s *signature) badAs(L *lua.LState, i int, problem string) {
	name := s.arg(i)
	if L.Get(lua.UpvalueIndex(1)) == lua.LTrue { // called as a method
		if i--; i == 0 {
			L.RaiseError("calling '%s' on bad self (%s: %s)", s.name, name, problem)
		}
	}
	L.RaiseError("bad argument #%d to '%s' (%s: %s)", i, s.name, name, problem)
}

// blame returns the argument, from 1, that an error of store is about, and what
// is wrong with it; 0 where it is about none.
func (s *signature) blame(err error) (i int, problem string) {
	if r := (*tick.RangeError)(nil); errors.As(err, &r) {
		for i := range s.args {
			if s.arg(i+1) == r.Name {
				return i + 1, fmt.Sprintf("%s expected, got %s", r.Want, r.Got)
			}
		}
	}
	return 0, ""
}

// raise raises an error of store.
func (s *signature) raise(L *lua.LState, h *handle, err error) {
	moduleOf(L).env.ParkIfClosed() // the script sees no error of the end of the process
	if i, problem := s.blame(err); i > 0 {
		s.badAs(L, i, problem)
	}
	if h != nil {
		switch {
		case errors.Is(err, store.ErrClosed):
			L.RaiseError("%s: database %q is closed", s.name, h.db.Path())
		case errors.Is(err, store.ErrReadOnly):
			L.RaiseError("%s: database %q is open read-only", s.name, h.db.Path())
		}
	}
	L.RaiseError("%s: %v", s.name, err)
}

// describe says what the argument i is: its value where that is short.
func describe(L *lua.LState, i int) string {
	if i > L.GetTop() {
		return "no value"
	}
	return describeValue(L.Get(i))
}

func describeValue(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LNumber:
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return strconv.FormatInt(int64(f), 10)
		}
		return strings.ToLower(strconv.FormatFloat(float64(v), 'g', -1, 64))
	case lua.LString:
		if len(v) > 40 {
			return fmt.Sprintf("a string of %d bytes", len(v))
		}
		return strconv.Quote(string(v))
	case *lua.LUserData:
		if _, ok := v.Value.(*handle); ok {
			return "database handle"
		}
	}
	return v.Type().String()
}

// handle returns the handle that is the first argument.
func (s *signature) handle(L *lua.LState) *handle {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if h, ok := ud.Value.(*handle); ok {
			return h
		}
	}
	s.bad(L, 1, "database handle")
	return nil
}

// instrument returns the instrument of the arguments 2 and 3, market and code.
// The pointer is valid until the next call.
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
			s.bad(L, 3, "integer 0..999999999 or a string")
		}
		in, err = tick.NewInstrument(m[0], int64(c))
	case lua.LString:
		in, err = tick.ParseInstrument(m[0], string(c))
	default:
		s.bad(L, 3, "integer 0..999999999 or a string")
	}
	if err != nil {
		s.raise(L, h, err)
	}
	h.market, h.code, h.instrument = market, code, in
	return &h.instrument
}

// time returns the argument i, a time in µs.
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

// optTime is time, or preset where the argument is nil or absent.
func (s *signature) optTime(L *lua.LState, i int, preset int64) int64 {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return s.time(L, i)
}

const wantSeq = "integer 0..65535"

// seq returns the argument i, a seq; nil is 0.
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

// number reads a number from a string, as Lua's arithmetic does.
func (s *signature) number(L *lua.LState, i int, want string) lua.LNumber {
	if str, ok := L.Get(i).(lua.LString); ok {
		if f, err := strconv.ParseFloat(strings.TrimSpace(string(str)), 64); err == nil {
			return lua.LNumber(f)
		}
	}
	s.bad(L, i, want)
	return 0
}

// str returns the argument i, a string.
func (s *signature) str(L *lua.LState, i int) string {
	v, ok := L.Get(i).(lua.LString)
	if !ok {
		s.bad(L, i, "string")
	}
	return string(v)
}

// options returns the argument i, a table of options, or nil where it is nil.
func (s *signature) options(L *lua.LState, i int) *lua.LTable {
	switch t := L.Get(i).(type) {
	case *lua.LTable:
		return t
	case *lua.LNilType:
		return nil
	}
	s.bad(L, i, "table of options")
	return nil
}

// eachOption calls set for each option of the argument i. What set returns, if
// not "", is what is wrong with the option's value.
func (s *signature) eachOption(L *lua.LState, i int, set func(name string, value lua.LValue) (problem string)) {
	t := s.options(L, i)
	if t == nil {
		return
	}
	t.ForEach(func(k, v lua.LValue) {
		name, ok := k.(lua.LString)
		if !ok {
			s.badAs(L, i, fmt.Sprintf("names of options expected, got %s", describeValue(k)))
		}
		if problem := set(string(name), v); problem != "" {
			s.badAs(L, i, fmt.Sprintf("option %q: %s", string(name), problem))
		}
	})
}

// unknownOption says that an option does not exist, and which is like it.
func unknownOption(name string, known ...string) string {
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Sprintf("unknown; did you mean %q?", near)
	}
	return "unknown; there are " + strings.Join(known, ", ")
}
