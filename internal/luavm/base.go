package luavm

import (
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// setNative makes a Native a field of a table.
func (t *Table) setNative(name string, f Native) {
	t.SetStr(Intern(name), NewFunction(name, f).Value())
}

// OpenBase gives the state the global functions of Lua that concern values, calls and
// errors, and the table coroutine. print writes to out.
func OpenBase(s *State, out io.Writer) {
	g := s.Globals
	g.SetStr(Intern("_G"), g.Value())
	g.SetStr(Intern("_VERSION"), Intern("Lua 5.1").Value())
	for name, f := range baseFunctions {
		g.setNative(name, f)
	}
	next := newSpecial("next", baseNext, specialNext)
	g.SetStr(Intern("next"), next.Value())
	s.setIterators(next)
	g.SetStr(Intern("pcall"), newSpecial("pcall", nil, specialPcall).Value())
	g.SetStr(Intern("xpcall"), newSpecial("xpcall", nil, specialXpcall).Value())
	s.openPrint(out)
	openCoroutine(s)
}

// setIterators makes pairs and ipairs.
func (s *State) setIterators(next *Function) {
	s.Globals.setNative("pairs", func(c *Call) {
		if c.CheckAny(1); !c.Arg(1).isAnyTable() {
			c.TypeError(1, "table")
		}
		c.Return(next.Value(), c.Arg(1), Nil)
	})
	iterator := newSpecial("ipairs_aux", ipairsNext, specialIpairs)
	s.Globals.setNative("ipairs", func(c *Call) {
		if c.CheckAny(1); !c.Arg(1).isAnyTable() {
			c.TypeError(1, "table")
		}
		c.Return(iterator.Value(), c.Arg(1), Int(0))
	})
}

func ipairsNext(c *Call) {
	i := c.Int(2) + 1
	v := rawGet(c.Arg(1), Int(i))
	if v.isNil() {
		c.Return(Nil)
		return
	}
	c.Return(Int(i), v)
}

func baseNext(c *Call) {
	v := c.Arg(1)
	if v.n == tagPlainTable {
		key, value := v.ltable().Next(c.Arg(2).LValue())
		c.Return(FromLValue(key), FromLValue(value))
		return
	}
	key, value, ok := c.Table(1).Next(c.Arg(2))
	if !ok {
		c.Raise(Intern("invalid key to 'next'").Value()) // LuaJIT gives no position
	}
	if key.isNil() {
		c.Return(Nil)
		return
	}
	c.Return(key, value)
}

var baseFunctions = map[string]Native{
	"assert": func(c *Call) {
		if c.CheckAny(1); c.Truth(1) {
			c.ReturnArgs(1)
			return
		}
		v := c.Arg(2)
		if c.NumArgs() < 2 {
			v = Intern("assertion failed!").Value()
		}
		if isText(v) {
			level := 1
			if c.th.frame().then == toReturn { // LuaJIT has no frame for what does return assert(...)
				level = 2
			}
			v = NewString(c.th.Where(level) + v.textOf()).Value()
		}
		c.Raise(v)
	},
	"error": func(c *Call) {
		v := c.Arg(1)
		if level := c.OptInt(2, 1); level > 0 && isText(v) {
			where, text := c.th.Where(level), v.textOf()
			c.Room(len(where) + len(text))
			v = NewString(where + text).Value()
		}
		c.Raise(v)
	},
	"type": func(c *Call) {
		v := c.CheckAny(1)
		if v.isCData() {
			c.Return(cdataName)
			return
		}
		c.Return(typeNames[v.Type()])
	},
	"tostring": func(c *Call) { c.CheckAny(1); c.Return(c.th.ToString(c.Arg(1))) },
	"tonumber": baseToNumber,
	"rawget": func(c *Call) {
		if !c.Arg(1).isAnyTable() {
			c.TypeError(1, "table")
		}
		c.CheckAny(2)
		c.Return(rawGet(c.Arg(1), c.Arg(2)))
	},
	"rawset": func(c *Call) {
		if !c.Arg(1).isAnyTable() {
			c.TypeError(1, "table")
		}
		c.CheckAny(2)
		c.CheckAny(3)
		if fault := keyFault(c.Arg(2)); fault != "" {
			c.Raise(Intern(fault).Value()) // LuaJIT gives no position
		}
		c.th.rawSet(c.Arg(1), c.Arg(2), c.Arg(3))
		c.Return(c.Arg(1))
	},
	"rawequal": func(c *Call) {
		c.CheckAny(1)
		c.CheckAny(2)
		c.Return(Bool(rawEqual(c.Arg(1), c.Arg(2))))
	},
	"select":       baseSelect,
	"unpack":       baseUnpack,
	"setmetatable": baseSetMetatable,
	"getmetatable": func(c *Call) {
		c.CheckAny(1)
		m := c.State().metatable(c.Arg(1))
		if protected := metamethod(m, eventMetatable); !protected.isNil() {
			c.Return(protected)
			return
		}
		c.Return(tableOrNil(m))
	},
	"getfenv": func(c *Call) {
		if f := c.Arg(1); f.isFunction() {
			c.Return(c.environment(f))
			return
		}
		level := c.OptInt(1, 1)
		if level == 0 {
			c.Return(c.th.Globals().Value())
			return
		}
		c.Return(c.environment(c.functionAt(level)))
	},
	"setfenv": func(c *Call) {
		env := c.Table(2)
		f := c.Arg(1)
		if !f.isFunction() {
			if level := c.Int(1); level != 0 {
				f = c.functionAt(level)
			} else {
				c.th.SetGlobals(env)
				c.Return()
				return
			}
		}
		if !f.isClosure() {
			c.Errorf("'setfenv' cannot change environment of given object")
		}
		f.closure().env = env
		c.Return(f)
	},
	"load":       load,
	"loadstring": load,
}

// functionAt returns the function at a level, from 1 on: 1 called the native function.
func (c *Call) functionAt(level int) Value {
	if d := c.th.depth - level; level > 0 && d > 0 {
		return c.th.stack[c.th.frames[d].base-1]
	}
	c.ArgError(1, "invalid level")
	return Nil
}

func (c *Call) environment(f Value) Value {
	if f.isClosure() {
		return f.closure().env.Value()
	}
	return c.th.Globals().Value()
}

// cdataName is what type returns for a CData.
var cdataName = Intern("cdata").Value()

// typeNames are what type returns.
var typeNames = func() (names [lua.LTTable + 1]Value) {
	for t := range names {
		names[t] = Intern(lua.LValueType(t).String()).Value()
	}
	return names
}()

func tableOrNil(t *lua.LTable) Value {
	if t == nil {
		return Nil
	}
	return fromLTable(t)
}

func baseSetMetatable(c *Call) {
	t := c.Arg(1)
	if !t.isAnyTable() {
		c.TypeError(1, "table")
	}
	m := c.Arg(2)
	if c.NumArgs() < 2 || !m.isNil() && !m.isAnyTable() {
		c.ArgError(2, "nil or table expected")
	}
	if !c.State().metamethod(t, eventMetatable).isNil() {
		c.Errorf("cannot change a protected metatable")
	}
	var meta *lua.LTable
	if !m.isNil() {
		meta = m.ltable()
	}
	if t.isTable() {
		t.table().setMetatable(meta)
	} else {
		SetMetatable(t.ltable(), meta)
	}
	c.Return(t)
}

func baseSelect(c *Call) {
	if v := c.Arg(1); v.isString() && strings.HasPrefix(v.text(), "#") {
		c.Return(Int(c.NumArgs() - 1))
		return
	}
	n := c.Int(1)
	switch {
	case n < 0:
		n += c.NumArgs()
	case n > c.NumArgs():
		n = c.NumArgs()
	}
	if n < 1 {
		c.ArgError(1, "index out of range")
	}
	c.ReturnArgs(n + 1)
}

const maxUnpack = 8000

func baseUnpack(c *Call) {
	v := c.Arg(1)
	if !v.isAnyTable() {
		c.TypeError(1, "table")
	}
	from := c.OptInt(2, 1)
	var to int
	switch {
	case !c.Arg(3).isNil():
		to = c.Int(3)
	case v.isTable():
		to = v.table().Len()
	default:
		to = v.ltable().Len()
	}
	if from > to {
		c.Return()
		return
	}
	n := to - from + 1
	if n <= 0 || n > maxUnpack {
		c.Errorf("too many results to unpack")
	}
	c.th.need(c.base + n + spare)
	for i := range n {
		c.th.stack[c.base-1+i] = rawGet(v, Int(from+i))
	}
	c.results = n
}

func baseToNumber(c *Call) {
	base := c.OptInt(2, 10)
	if base == 10 {
		c.CheckAny(1)
		if f, ok := toNumber(c.Arg(1)); ok {
			c.Return(Number(f))
			return
		}
		if d, ok := c.Arg(1).asCData(); ok {
			if f, ok := d.ToNumber(); ok {
				c.Return(Number(f))
				return
			}
		}
		c.Return(Nil)
		return
	}
	s := c.String(1)
	if base < 2 || base > 36 {
		c.ArgError(2, "base out of range")
	}
	f, ok := parseInBase(strings.ToLower(strings.Trim(s, " \t\n\v\f\r")), base)
	if !ok {
		c.Return(Nil)
		return
	}
	c.Return(Number(f))
}

func parseInBase(s string, base int) (f float64, ok bool) {
	s, negative := strings.CutPrefix(s, "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	if base == 16 && len(s) > 2 {
		s = strings.TrimPrefix(s, "0x")
	}
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		digit := 99
		switch d := s[i]; {
		case d >= '0' && d <= '9':
			digit = int(d - '0')
		case d >= 'a' && d <= 'z':
			digit = int(d-'a') + 10
		}
		if digit >= base {
			return 0, false
		}
		f = f*float64(base) + float64(digit)
	}
	const limit = 1 << 64 // of C's unsigned long
	if f = min(f, limit); negative {
		f = -f
	}
	return f, true
}

func openCoroutine(s *State) {
	t := NewTable(0, 8)
	s.Globals.SetStr(Intern("coroutine"), t.Value())
	t.SetStr(Intern("resume"), newSpecial("resume", nil, specialResume).Value())
	t.SetStr(Intern("yield"), newSpecial("yield", nil, specialYield).Value())
	t.setNative("create", func(c *Call) { c.Return(c.State().NewThread(c.Function(1)).Value()) })
	t.setNative("wrap", func(c *Call) {
		fn := newSpecial("wrap", nil, specialWrap)
		fn.wrapped = c.State().NewThread(c.Function(1))
		c.Return(fn.Value())
	})
	t.setNative("running", func(c *Call) {
		if c.th == c.State().main {
			c.Return()
			return
		}
		c.Return(c.th.Value())
	})
	t.setNative("isyieldable", func(c *Call) { c.Return(Bool(c.th.resumer != nil && c.th.goCalls == 0)) })
	t.setNative("status", func(c *Call) {
		v := c.Arg(1)
		if v.n != tagThread {
			c.TypeError(1, "coroutine")
		}
		co, ok := asThread(v.thread())
		if !ok {
			c.Return(Intern("running").Value())
			return
		}
		c.Return(Intern([...]string{"suspended", "running", "normal", "dead"}[co.status]).Value())
	})
}
