package luavm

import (
	"io"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openTestLibraries gives a state what programs of the tests need besides the base
// functions. Most of it is gopher-lua's.
func openTestLibraries(s *State, out io.Writer) {
	L := lua.NewState()
	defer L.Close()
	conv := func(name string) *Table {
		t := NewTable(0, 0)
		L.GetGlobal(name).(*lua.LTable).ForEach(func(k, v lua.LValue) {
			if name == "table" && k.String() != "concat" {
				return
			}
			t.Set(FromLValue(k), FromLValue(v))
		})
		s.Globals.SetStr(Intern(name), t.Value())
		return t
	}
	str := conv("string")
	m := conv("math")
	conv("os")
	conv("io").setNative("write", func(c *Call) {
		for i := 1; i <= c.NumArgs(); i++ {
			io.WriteString(out, c.String(i))
		}
		c.Return()
	})
	m.SetStr(Intern("sqrt"), NewSqrt().Value())
	m.SetStr(Intern("abs"), NewAbs().Value())
	m.SetStr(Intern("floor"), NewFloor().Value())
	m.SetStr(Intern("max"), NewMax().Value())
	m.SetStr(Intern("min"), NewMin().Value())
	m.SetStr(Intern("fmod"), NewNumbersFunction("fmod", func(c *Call) { c.Return(Number(math.Mod(c.Number(1), c.Number(2)))) }, math.Mod).Value())
	m.SetStr(Intern("huge"), Number(math.Inf(1)))
	for name, f := range map[string]func(float64) float64{"sin": math.Sin, "cos": math.Cos} {
		m.SetStr(Intern(name), NewNumberFunction(name, f).Value())
	}
	tb := conv("table")
	tb.setNative("insert", func(c *Call) {
		t := c.Table(1)
		if c.NumArgs() == 2 {
			t.Append(c.Arg(2))
		} else {
			t.Insert(c.Int(2), t.Len(), c.Arg(3))
		}
		c.Return()
	})
	tb.setNative("remove", func(c *Call) {
		t := c.Table(1)
		n := t.Len()
		i := c.OptInt(2, n)
		if n == 0 {
			c.Return()
			return
		}
		c.Return(t.Remove(i, n))
	})
	tb.setNative("concat", func(c *Call) {
		t := c.Table(1)
		var b strings.Builder
		sep := c.OptString(2, "")
		n := c.OptInt(4, t.Len())
		for i := c.OptInt(3, 1); i <= n; i++ {
			b.WriteString(t.GetInt(i).textOf())
			if i < n {
				b.WriteString(sep)
			}
		}
		c.Return(NewString(b.String()).Value())
	})
	meta := NewTable(0, 1)
	meta.SetStr(Intern("__index"), str.Value())
	s.SetTypeMetatable(lua.LTString, &meta.LTable)
	dbg := NewTable(0, 0)
	dbg.setNative("traceback", func(c *Call) {
		c.Return(NewString(c.OptString(1, "") + "\n" + c.th.traceback(1)).Value())
	})
	s.Globals.SetStr(Intern("debug"), dbg.Value())
	s.Globals.setNative("collectgarbage", func(c *Call) { c.Return(Int(0)) })
}
