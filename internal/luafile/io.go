package luafile

import (
	"os"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/stdio"
)

// functions returns the functions of io.
func (l *Library) functions() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"close": l.close, "flush": l.flush, "input": l.setInput, "lines": l.ioLines, "open": l.openPath,
		"output": l.setOutput, "popen": l.popen, "read": l.read, "tmpfile": l.tmpfile, "type": fileType,
		"write": l.ioWrite,
	}
}

// openPath is io.open(path [, mode]).
func (l *Library) openPath(L *lua.LState) int {
	called := signature{name: "open"}
	path := called.text(L, 1)
	ud, err := l.openFile(L, path, called.optText(L, 2, "r"))
	if err != nil {
		return pushResult(L, path, err)
	}
	L.Push(ud)
	return 1
}

// tmpfile is io.tmpfile(). The file has no name any more when the script gets it.
func (l *Library) tmpfile(L *lua.LState) int {
	var f *os.File
	err := l.withForgotten(func() (err error) {
		f, err = os.CreateTemp("", "lua_")
		return err
	})
	if err != nil {
		return pushResult(L, "", err)
	}
	_ = os.Remove(f.Name()) // a file that remains does no harm
	s := stdio.NewStream(stdio.NewOSDevice(f), stdio.Mode{Read: true, Write: true})
	L.Push(l.newFile(L, &file{Stream: s}, "a temporary file"))
	return 1
}

// popen is io.popen(command [, mode]).
func (l *Library) popen(L *lua.LState) int {
	called := signature{name: "popen"}
	command := called.text(L, 1)
	m, err := stdio.ParseProgramMode(called.optText(L, 2, "r"))
	if err != nil {
		return pushResult(L, command, err)
	}
	l.Flush() // the program may read what the script has written
	var p *stdio.Program
	err = l.withForgotten(func() (err error) {
		p, err = stdio.Start(l.options.Program(command), m, l.options.Start)
		return err
	})
	if err != nil {
		return pushResult(L, command, err)
	}
	L.Push(l.newFile(L, &file{Stream: stdio.NewStream(p, m), program: true}, command))
	return 1
}

// standard returns the default input or output. It must be open.
func standard(L *lua.LState, ud *lua.LUserData) *file {
	f := fileOf(ud)
	if f.Closed() {
		L.RaiseError("standard file is closed")
	}
	return f
}

func (l *Library) read(L *lua.LState) int {
	return read(L, standard(L, l.input), signature{name: "read"}, 1)
}

func (l *Library) ioWrite(L *lua.LState) int {
	return l.write(L, standard(L, l.output), signature{name: "write"}, 1)
}

func (l *Library) flush(L *lua.LState) int {
	return pushResult(L, "", standard(L, l.output).Flush(L.Context()))
}

// close is io.close([file]).
func (l *Library) close(L *lua.LState) int {
	if L.GetTop() > 0 {
		return l.closeMethod(L)
	}
	f := fileOf(l.output)
	if f.Closed() {
		L.RaiseError("attempt to use a closed file")
	}
	return l.closeFile(L, f)
}

func (l *Library) setInput(L *lua.LState) int  { return l.setStandard(L, &l.input, "input", "r") }
func (l *Library) setOutput(L *lua.LState) int { return l.setStandard(L, &l.output, "output", "w") }

// setStandard is io.input and io.output: with a path or a file, it sets the default file.
func (l *Library) setStandard(L *lua.LState, which **lua.LUserData, name, mode string) int {
	switch v := L.Get(1).(type) {
	case *lua.LNilType:
	case *lua.LUserData:
		openSelf(L, name)
		*which = v
	default:
		*which = l.mustOpen(L, name, mode)
	}
	L.Push(*which)
	return 1
}

// mustOpen opens the file that argument 1 names, or raises an error.
func (l *Library) mustOpen(L *lua.LState, name, mode string) *lua.LUserData {
	called := signature{name: name}
	path := called.text(L, 1)
	ud, err := l.openFile(L, path, mode)
	if err != nil {
		message, _ := describe(L, path, err)
		called.argError(L, 1, message)
	}
	return ud
}

// ioLines is io.lines([path, ...]).
func (l *Library) ioLines(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(l.lines(L, fileOf(l.input), false))
		return 1
	}
	L.Push(l.lines(L, fileOf(l.mustOpen(L, "lines", "r")), true))
	return 1
}

// fileType is io.type(value).
func fileType(L *lua.LState) int {
	if L.GetTop() == 0 {
		signature{name: "type"}.argError(L, 1, "value expected")
	}
	switch f := fileOf(L.Get(1)); {
	case f == nil:
		L.Push(lua.LNil)
	case f.Closed():
		L.Push(lua.LString("closed file"))
	default:
		L.Push(lua.LString("file"))
	}
	return 1
}
