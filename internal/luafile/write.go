package luafile

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
)

// write is write of io and of files. It writes the arguments from first on.
func (l *Library) write(L *lua.LState, f *file, called signature, first int) int {
	var failed error
	for i, last := first, L.GetTop(); i <= last; i++ {
		var err error
		switch v := L.Get(i).(type) {
		case lua.LString:
			err = f.WriteString(caller{L}, string(v))
		case lua.LNumber:
			l.scratch = luasyntax.AppendNumber(l.scratch[:0], float64(v))
			err = f.Write(caller{L}, l.scratch)
		default:
			called.typeError(L, i, "string")
		}
		if err != nil && failed == nil {
			failed = err
		}
	}
	return pushResult(L, "", failed)
}
