package luafile

import (
	"errors"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/stdio"
)

// refusal is the error of a file that the script may not write.
type refusal struct{ error }

// describe returns the message and the number of an error. path is "" or the file's. An
// error that ends the script, describe raises.
func describe(L *lua.LState, path string, err error) (message string, number int) {
	if end := (*stdio.EndError)(nil); errors.As(err, &end) {
		L.RaiseError("%v", end)
	}
	if denied := (refusal{}); errors.As(err, &denied) {
		return denied.Error(), int(syscall.EACCES)
	}
	message, number = compat.CError(err)
	if path != "" {
		message = path + ": " + message
	}
	return message, number
}

// pushResult pushes true; or, for an error, nil, the message and the number. It returns
// how many values it pushed.
func pushResult(L *lua.LState, path string, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, number := describe(L, path, err)
	L.Push(lua.LNil)
	L.Push(lua.LString(message))
	L.Push(lua.LNumber(number))
	return 3
}
