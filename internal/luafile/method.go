package luafile

import (
	"fmt"
	"io"
	"math"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// methods returns the methods of files.
func (l *Library) methods() map[string]luavm.Native {
	return map[string]luavm.Native{
		"close": l.close, "flush": flushMethod, "lines": l.linesMethod, "read": readMethod,
		"seek": seekMethod, "setvbuf": setvbufMethod, "write": l.writeMethod,
		"__gc": l.collect, "__tostring": toString,
	}
}

// close is io.close([file]) and file:close().
func (l *Library) close(c *luavm.Call) {
	f := l.output.file
	if c.NumArgs() > 0 {
		f = self(c)
	}
	checkOpen(c, f)
	if f.standard {
		c.Return(luavm.Nil, luavm.Part("cannot close standard file"))
		return
	}
	ctx := l.state.Context()
	err := l.open.Close(ctx, f.Stream)
	if ctx.Err() != nil { // it may have ended the program
		raiseEnd(c, ctx.Err())
	}
	if f.program {
		err = nil // LuaJIT's answer for each program
	}
	returnResult(c, "", err)
}

// flushMethod is file:flush().
func flushMethod(c *luavm.Call) { flush(c, openSelf(c)) }

func flush(c *luavm.Call, f *file) { returnResult(c, "", f.Flush(c.State().Context())) }

// linesMethod is file:lines([format, ...]).
func (l *Library) linesMethod(c *luavm.Call) { l.returnLines(c, openSelf(c), false) }

// readMethod is file:read([format, ...]).
func readMethod(c *luavm.Call) { read(c, openSelf(c), 2) }

// writeMethod is file:write(value, ...).
func (l *Library) writeMethod(c *luavm.Call) { l.writeTo(c, openSelf(c), 2) }

var whences = map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}

// seekMethod is file:seek([whence [, offset]]).
func seekMethod(c *luavm.Call) {
	f := openSelf(c)
	whence := option(c, 2, c.OptString(2, "cur"), whences)
	at, err := f.Seek(c.State().Context(), toOffset(c.OptNumber(3, 0)), whence)
	if err != nil {
		returnResult(c, "", err)
		return
	}
	c.Return(luavm.Number(float64(at)))
}

// toOffset converts a number as C does on x86-64. A number out of range becomes one that
// no file has.
func toOffset(f float64) int64 {
	const limit = 1 << 63
	if f >= -limit && f < limit {
		return int64(f)
	}
	return math.MinInt64
}

var bufferings = map[string]stdio.Buffering{"full": stdio.Full, "line": stdio.Line, "no": stdio.None}

// setvbufMethod is file:setvbuf(kind [, size]). As in glibc, the size means nothing.
func setvbufMethod(c *luavm.Call) {
	f := openSelf(c)
	kind := option(c, 2, c.String(2), bufferings)
	c.OptNumber(3, 0)
	returnResult(c, "", f.SetBuffering(c.State().Context(), kind))
}

// option returns the value of argument i, which must be a key of a table.
func option[T any](c *luavm.Call, i int, key string, values map[string]T) T {
	v, ok := values[key]
	if !ok {
		c.ArgError(i, fmt.Sprintf("invalid option '%s'", key))
	}
	return v
}

// collect is __gc. Lua's collector calls it; here only a script does.
func (l *Library) collect(c *luavm.Call) {
	if f := self(c); !f.standard {
		_ = l.open.Close(l.state.Context(), f.Stream)
	}
	c.Return()
}

// toString is __tostring.
func toString(c *luavm.Call) {
	f := self(c)
	if f.Closed() {
		c.Return(luavm.Part("file (closed)"))
		return
	}
	c.Return(luavm.Part(fmt.Sprintf("file (%p)", f)))
}
