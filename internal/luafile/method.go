package luafile

import (
	"fmt"
	"io"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/stdio"
)

// methodFunctions returns the methods of files.
func (l *Library) methodFunctions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"close": l.closeMethod, "flush": flushMethod, "lines": l.linesMethod, "read": readMethod,
		"seek": seekMethod, "setvbuf": setvbufMethod, "write": l.writeMethod,
		"__gc": l.collect, "__tostring": toString,
	}
}

func (l *Library) closeMethod(L *lua.LState) int { return l.closeFile(L, openSelf(L, "close")) }

// closeFile closes a file for close of io and of files.
func (l *Library) closeFile(L *lua.LState, f *file) int {
	if f.standard {
		L.Push(lua.LNil)
		L.Push(lua.LString("cannot close standard file"))
		return 2
	}
	err := l.open.Close(L.Context(), f.Stream)
	if ctx := L.Context(); ctx != nil && ctx.Err() != nil { // it may have ended the program
		L.RaiseError("%v", ctx.Err())
	}
	if f.program {
		err = nil // LuaJIT's answer for each program
	}
	return pushResult(L, "", err)
}

func flushMethod(L *lua.LState) int {
	return pushResult(L, "", openSelf(L, "flush").Flush(L.Context()))
}

func (l *Library) linesMethod(L *lua.LState) int {
	L.Push(l.lines(L, openSelf(L, "lines"), false))
	return 1
}

func readMethod(L *lua.LState) int {
	return read(L, openSelf(L, "read"), signature{"read", true}, 2)
}

func (l *Library) writeMethod(L *lua.LState) int {
	return l.write(L, openSelf(L, "write"), signature{"write", true}, 2)
}

var whences = map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}

func seekMethod(L *lua.LState) int {
	f, called := openSelf(L, "seek"), signature{"seek", true}
	whence := option(L, called, 2, "cur", whences)
	offset := 0.0
	if L.Get(3) != lua.LNil {
		offset = called.number(L, 3)
	}
	at, err := f.Seek(L.Context(), toOffset(offset), whence)
	if err != nil {
		return pushResult(L, "", err)
	}
	L.Push(lua.LNumber(at))
	return 1
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

// setvbufMethod is setvbuf(kind [, size]). As in glibc, the size means nothing.
func setvbufMethod(L *lua.LState) int {
	f, called := openSelf(L, "setvbuf"), signature{"setvbuf", true}
	kind := option(L, called, 2, "", bufferings)
	if L.Get(3) != lua.LNil {
		called.number(L, 3)
	}
	return pushResult(L, "", f.SetBuffering(L.Context(), kind))
}

// collect is __gc. Lua's collector calls it; here only a script does.
func (l *Library) collect(L *lua.LState) int {
	if f := self(L, "__gc"); !f.standard {
		_ = l.open.Close(L.Context(), f.Stream)
	}
	return 0
}

func toString(L *lua.LState) int {
	text := "file (closed)"
	if f := self(L, "tostring"); !f.Closed() {
		text = fmt.Sprintf("file (%p)", f)
	}
	L.Push(lua.LString(text))
	return 1
}
