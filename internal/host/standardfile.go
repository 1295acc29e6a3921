package host

import (
	"bufio"
	"os"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/luasyntax"
)

// openStandardFiles lets print, io.write and io.stdout write to the state's Output,
// and io.stdin and io.stderr flush it first.
func (s *State) openStandardFiles() {
	L := s.Lua
	L.SetGlobal("print", L.NewFunction(s.newPrint()))
	lib, ok := L.GetGlobal("io").(*lua.LTable)
	if !ok {
		return
	}
	stdin, stdout, stderr := lib.RawGetString("stdin"), lib.RawGetString("stdout"), lib.RawGetString("stderr")
	glua.FileOf(stdin).Reader = bufio.NewReader(&input{s.in, s.out, s.control})
	glua.FileOf(stdout).Writer = s.out
	glua.FileOf(stderr).Writer = flushingWriter{out: s.out, w: s.err}
	if s.hasOwnOutput() {
		for _, file := range []lua.LValue{stdin, stdout, stderr} {
			glua.FileOf(file).OS = noFile
		}
	}
	methods := glua.FileMethods(L)
	flushFirst(L, s.out, methods, "flush")
	flushFirst(L, s.out, lib, "flush", "popen")
	s.replaceClose(methods, lua.LNil)
	s.replaceClose(lib, lib.RawGetString("output"))
	s.replaceSetvbuf(methods, stdout)
}

// noFile stands in the place of the process's standard files when a script has its
// own readers and writers: to seek in it or to close it is an error, because no
// process has that many files.
var noFile = os.NewFile(1<<30, "standard file")

// hasOwnOutput says whether the script has an output that is not a file of the
// process. Then the script is one of many in the process: its standard files, and
// the programs that it starts, are its own.
func (s *State) hasOwnOutput() bool { return s.out.file == nil }

// flushFirst makes functions of a library flush the output first.
func flushFirst(L *lua.LState, out *Output, lib *lua.LTable, names ...string) {
	for _, name := range names {
		original := lib.RawGetString(name)
		lib.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			_ = out.Flush() // Output.check reports the error
			return callThrough(L, original)
		}))
	}
}

// replaceClose replaces close of a library. Unless output is nil, it returns the
// file that close without an argument means.
func (s *State) replaceClose(lib *lua.LTable, output lua.LValue) {
	original := lib.RawGetString("close")
	lib.RawSetString("close", s.Lua.NewFunction(func(L *lua.LState) int {
		_ = s.out.Flush() // Output.check reports the error
		if L.GetTop() == 0 && output != lua.LNil {
			callThrough(L, output)
		}
		file := glua.FileOf(L.Get(1))
		if file == nil {
			return callThrough(L, original)
		}
		closeInput(file)
		if s.hasOwnOutput() && file.OS == noFile {
			file.Closed = true
			L.Push(lua.LTrue)
			return 1
		}
		return callThrough(L, original)
	}))
}

// replaceSetvbuf replaces setvbuf of files. For io.stdout, it sets whether the
// Output is buffered.
func (s *State) replaceSetvbuf(methods *lua.LTable, stdout lua.LValue) {
	original := methods.RawGetString("setvbuf")
	methods.RawSetString("setvbuf", s.Lua.NewFunction(func(L *lua.LState) int {
		if L.Get(1) != stdout {
			return callThrough(L, original)
		}
		s.out.setBuffered(L.CheckString(2) == "full")
		L.Push(lua.LTrue)
		return 1
	}))
}

// newPrint makes print. It writes each line whole.
func (s *State) newPrint() lua.LGFunction {
	var buffer []byte // kept from one call to the next
	return func(L *lua.LState) int {
		line := buffer[:0]
		buffer = nil // __tostring may call print
		for i, n := 1, L.GetTop(); i <= n; i++ {
			if i > 1 {
				line = append(line, '\t')
			}
			switch v := L.Get(i).(type) {
			case lua.LString:
				line = append(line, v...)
			case lua.LNumber:
				line = luasyntax.AppendNumber(line, float64(v))
			default:
				line = append(line, lua.LVAsString(L.ToStringMeta(v))...)
			}
		}
		line = append(line, '\n')
		_, _ = s.out.Write(line) // Output.check reports the error
		buffer = line
		return 0
	}
}
