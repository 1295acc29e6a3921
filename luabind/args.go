package luabind

import (
	"math"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// The methods of signature in this file return an argument of a call, as the type
// that Go needs. They throw if the argument is not of that type. i is the
// argument's number: it counts from 1 and includes the handle.

const (
	wantTime = "integer microseconds"
)

// handle returns the handle that is the first argument.
func (s *signature) handle(c *luavm.Call) *handle {
	h := handleOf(c.Arg(1))
	if h == nil {
		s.bad(c, 1, "database handle")
	}
	return h
}

// time returns argument i, a time in µs.
func (s *signature) time(c *luavm.Call, i int) int64 {
	if v := c.Arg(i); v.IsNumber() {
		if ts := int64(v.Float()); float64(ts) == v.Float() && uint64(ts) < tick.MaxTime {
			return ts
		}
	}
	return s.unusualTime(c, i)
}

// unusualTime is time of an argument that is a string or no time.
func (s *signature) unusualTime(c *luavm.Call, i int) int64 {
	f := s.number(c, i, wantTime)
	ts := int64(f)
	if float64(ts) != f && math.Abs(f) < tick.MaxTime || f != f {
		s.bad(c, i, wantTime)
	}
	if uint64(ts) >= tick.MaxTime {
		s.bad(c, i, wantTime+" 0 <= us < 2^53")
	}
	return ts
}

// optTime is time, but returns preset if the argument is nil or absent.
func (s *signature) optTime(c *luavm.Call, i int, preset int64) int64 {
	if c.Arg(i).IsNil() {
		return preset
	}
	return s.time(c, i)
}

// seq returns argument i, a seq. It returns 0 if the argument is nil or absent.
func (s *signature) seq(c *luavm.Call, i int) uint16 {
	v := c.Arg(i)
	if v.IsNil() {
		return 0
	}
	f := v.Float()
	if !v.IsNumber() {
		f = s.number(c, i, s.wantSeq())
	}
	seq := int64(f)
	if float64(seq) != f || uint64(seq) > tick.MaxSeq {
		s.bad(c, i, s.wantSeq())
	}
	return uint16(seq)
}

// number returns argument i, a number, or a string as the number that Lua's arithmetic
// would make of it.
func (s *signature) number(c *luavm.Call, i int, want string) float64 {
	f, ok := luavm.ToNumber(c.Arg(i))
	if !ok {
		s.bad(c, i, want)
	}
	return f
}

// str returns argument i, a string.
func (s *signature) str(c *luavm.Call, i int) string {
	v := c.Arg(i)
	if !v.IsString() {
		s.bad(c, i, "string")
	}
	return v.Text()
}

// text returns argument i, a string, or a number as a string.
func (s *signature) text(c *luavm.Call, i int) string {
	text, ok := textOf(c.Arg(i))
	if !ok {
		s.bad(c, i, "string")
	}
	return text
}

// textOf returns v, a string, or a number as a string.
func textOf(v luavm.Value) (text string, ok bool) {
	switch {
	case v.IsString():
		return v.Text(), true
	case v.IsNumber():
		return luavm.FormatNumber(v.Float()), true
	}
	return "", false
}

// isText reports whether v is the string s.
func isText(v luavm.Value, s string) bool { return v.IsString() && v.Text() == s }

// optText returns v if it is a string, else "".
func optText(v luavm.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return ""
}
