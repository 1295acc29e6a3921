package luafile

import (
	"errors"

	"microts/internal/luavm"
	"microts/internal/luavm/code"
)

// openDebug adds debug.debug to the library debug, if the state has one.
func (l *Library) openDebug() {
	if t, ok := l.state.Globals.GetString("debug").AsTable(); ok {
		t.SetFunctions(map[string]luavm.Native{"debug": l.debug})
	}
}

// debug is debug.debug(): it runs each line of io.stdin, up to one that is "cont".
func (l *Library) debug(c *luavm.Call) {
	for {
		_ = l.options.Stderr.Write(c.State().Context(), []byte("lua_debug> ")) // who cannot see it can still type
		line, ok, err := l.stdin.ReadLine(callerOf(c), false)
		c.CheckStop()
		if err != nil || !ok || string(line.Bytes) == "cont" {
			c.Return()
			return
		}
		if err := runLine(c, line.Bytes); err != nil {
			_ = l.options.Stderr.Write(c.State().Context(), []byte(err.Error()+"\n"))
		}
	}
}

// runLine runs a line of Lua. The error is that of the line; what ends the script goes on.
func runLine(c *luavm.Call, line []byte) error {
	p, err := c.State().Compile(append([]byte(nil), line...), code.NameOf("=(debug command)"))
	if err != nil {
		return err
	}
	_, err = c.State().Call(c.State().Link(p, c.Thread().Globals()).Value())
	if e := (*luavm.Error)(nil); errors.As(err, &e) && e.Unwrap() != nil {
		panic(e)
	}
	return err
}
