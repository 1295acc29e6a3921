package luavm

import "io"

var toStringName = Intern("tostring")

// openPrint makes print, which writes to out.
func (s *State) openPrint(out io.Writer) {
	s.toString = s.Globals.GetStr(toStringName)
	s.Globals.setNative("print", func(c *Call) {
		b := make([]byte, 0, 64)
		for i := 1; i <= c.NumArgs(); i++ {
			if i > 1 {
				b = append(b, '\t')
			}
			b = append(b, c.Printed(i).textOf()...)
		}
		out.Write(append(b, '\n'))
	})
}

// Printed returns an argument as print writes it: a string or a number. As in LuaJIT, what
// the global tostring returns is printed, also if the script has replaced it.
func (c *Call) Printed(i int) Value {
	v := c.Arg(i)
	switch f := c.Index(c.th.Globals().Value(), toStringName.Value()); {
	case f != c.State().toString:
		v = c.Call1(f, v)
	case isText(v):
		return v
	default:
		v = c.th.ToString(v)
	}
	if !isText(v) {
		c.Errorf("'tostring' must return a string to 'print'")
	}
	return v
}

// textOf returns a string or number as text.
func (v Value) textOf() string {
	if v.isString() {
		return v.text()
	}
	return FormatNumber(v.float())
}
