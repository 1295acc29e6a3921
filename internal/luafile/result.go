package luafile

import (
	"errors"
	"syscall"

	"microts/internal/compat"
	"microts/internal/luavm"
	"microts/internal/stdio"
)

// refusal is the error of a file that the script may not write.
type refusal struct{ error }

// describe returns the message and the number of an error. path is "" or the file's. An
// error that ends the script, describe raises.
func describe(c *luavm.Call, path string, err error) (message string, number int) {
	if end := (*stdio.EndError)(nil); errors.As(err, &end) {
		raiseEnd(c, end.Err)
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

// raiseEnd raises the error of a function that the script's end, its context or the lack
// of memory ended.
func raiseEnd(c *luavm.Call, err error) {
	c.CheckStop()
	if errors.Is(err, errNoRoom) {
		c.Raise(luavm.Part(luavm.NoRoom))
	}
	c.Errorf("%v", err)
}

// returnResult returns true; or, for an error, nil, the message and the number.
func returnResult(c *luavm.Call, path string, err error) {
	if err == nil {
		c.Return(luavm.True)
		return
	}
	message, number := describe(c, path, err)
	c.Return(luavm.Nil, luavm.Part(message), luavm.Int(number))
}
