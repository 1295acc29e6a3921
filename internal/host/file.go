package host

import (
	"errors"
	"os"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/glua"
	"microts/internal/luasyntax"
)

// openFiles makes gopher-lua's files do what those of Lua 5.1 do: read "*n", show
// numbers, and give messages and numbers of errors.
func (s *State) openFiles() {
	L := s.Lua
	lib, ok := L.GetGlobal("io").(*lua.LTable)
	if !ok {
		return
	}
	methods := glua.FileMethods(L)
	input := lib.RawGetString("input")
	replaceRead(methods, 2, func(L *lua.LState) lua.LValue { return L.Get(1) })
	replaceRead(lib, 1, func(L *lua.LState) lua.LValue {
		L.Push(input)
		L.Call(0, 1)
		file := L.Get(-1)
		L.Pop(1)
		return file
	})
	showNumbers(methods, 2)
	showNumbers(lib, 1)
	wrap(lib, "open", openFile)
	wrap(lib, "lines", lines)
	L.SetFuncs(L.GetGlobal("os").(*lua.LTable), map[string]lua.LGFunction{"remove": remove, "rename": rename})
}

// openFile is io.open. Its errors have the messages and numbers of C.
func openFile(L *lua.LState, open lua.LGFunction) int {
	path := L.CheckString(1)
	n := open(L)
	if L.Get(-n) == lua.LNil {
		return pushResult(L, path, errorOf(lua.LVAsString(L.Get(1-n))))
	}
	return n
}

// lines is io.lines. It raises the error of a file that cannot be opened.
func lines(L *lua.LState, lines lua.LGFunction) int {
	if path, ok := L.Get(1).(lua.LString); ok {
		f, err := os.Open(string(path))
		if err != nil {
			message, _ := compat.CError(err)
			L.RaiseError("%s: %s", string(path), message)
		}
		f.Close()
	}
	return lines(L)
}

// remove is os.remove.
func remove(L *lua.LState) int {
	path := L.CheckString(1)
	return pushResult(L, path, os.Remove(path))
}

// rename is os.rename.
func rename(L *lua.LState) int {
	path := L.CheckString(1)
	return pushResult(L, path, os.Rename(path, L.CheckString(2)))
}

// showNumbers makes write of a library show numbers as print does. The values are
// the arguments from first on.
func showNumbers(lib *lua.LTable, first int) {
	wrap(lib, "write", func(L *lua.LState, write lua.LGFunction) int {
		for i, n := first, L.GetTop(); i <= n; i++ {
			if f, ok := L.Get(i).(lua.LNumber); ok {
				L.Replace(i, lua.LString(luasyntax.AppendNumber(nil, float64(f))))
			}
		}
		return write(L)
	})
}

// pushResult pushes true; or, for an error, nil, a message and the error's number.
// It returns how many values it pushed.
func pushResult(L *lua.LState, path string, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, number := compat.CError(err)
	L.Push(lua.LNil)
	L.Push(lua.LString(path + ": " + message))
	L.Push(lua.LNumber(number))
	return 3
}

// errorOf returns the error of the operating system whose text ends a message of
// gopher-lua.
func errorOf(message string) error {
	const lastErrno = 133
	for errno := syscall.Errno(1); errno <= lastErrno; errno++ {
		if strings.HasSuffix(message, ": "+errno.Error()) {
			return errno
		}
	}
	return errors.New(message)
}

// closeInput closes the pipe into a program that io.popen started for writing.
// gopher-lua's close waits for the program without closing the pipe: a program that
// reads to the end of its input would never end.
func closeInput(f *glua.File) {
	if f.Program == nil {
		return
	}
	if w, ok := f.Writer.(interface{ Close() error }); ok {
		_ = w.Close() // the exit code of the program says what went wrong
	}
}
