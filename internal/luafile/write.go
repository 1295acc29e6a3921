package luafile

import "microts/internal/luavm"

// writeTo is write of io and of files. It writes the arguments from first on.
func (l *Library) writeTo(c *luavm.Call, f *file, first int) {
	var failed error
	for i := first; i <= c.NumArgs(); i++ {
		var err error
		switch v := c.Arg(i); {
		case v.IsString():
			err = f.WriteString(callerOf(c), v.Text())
		case v.IsNumber():
			l.scratch = luavm.AppendNumber(l.scratch[:0], v.Float())
			err = f.Write(callerOf(c), l.scratch)
		default:
			c.TypeError(i, "string")
		}
		if failed == nil {
			failed = err
		}
	}
	returnResult(c, "", failed)
}
