package luafile

import (
	"context"
	"io"
	"os/exec"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/stdio"
)

// Options says what the library works with.
type Options struct {
	// The standard files. The library does not close them.
	Stdin, Stdout, Stderr stdio.Device

	// Program makes the command that io.popen starts, with the standard files that it
	// has when it is not io.popen that sets them.
	Program func(command string) *exec.Cmd

	// Start starts such a command.
	Start stdio.Starter

	// Writable returns the path by which the script may open a file for writing, or the
	// error that says why it may not; nil allows all.
	Writable func(path string) (string, error)
}

// Library is the library io of one Lua state. Unless a method says otherwise, it belongs
// to the goroutine of the state.
type Library struct {
	options Options
	open    *stdio.Set
	methods *lua.LTable // the metatable of all files, too

	stdin         *file
	input, output *lua.LUserData // what io.read and io.write use

	scratch []byte // for numbers that are written
}

// Open gives a state the library io. The caller must Close the Library.
func Open(L *lua.LState, o Options) *Library {
	l := &Library{options: o, open: stdio.NewSet()}
	l.methods = L.SetFuncs(L.NewTable(), l.methodFunctions())
	l.methods.RawSetString("__index", l.methods)
	L.SetField(L.Get(lua.RegistryIndex), "FILE*", l.methods)

	lib := L.SetFuncs(L.NewTable(), l.functions())
	l.input = l.newStandardFile(L, o.Stdin, stdio.Mode{Read: true})
	l.output = l.newStandardFile(L, o.Stdout, stdio.Mode{Write: true})
	l.stdin = l.input.Value.(*file)
	lib.RawSetString("stdin", l.input)
	lib.RawSetString("stdout", l.output)
	lib.RawSetString("stderr", l.newStandardError(L, o.Stderr))
	L.SetGlobal("io", lib)
	L.SetField(L.GetField(L.GetGlobal("package"), "loaded"), "io", lib)
	return l
}

// Flush writes what the script has written to its files and what waits in their
// buffers. Any goroutine may call it. It waits up to a second for files that are in use,
// and for slow pipes. Close returns its errors.
func (l *Library) Flush() { l.open.Flush(time.Second) }

// Close closes all files. Programs that the script left running get patience to end; 0
// leaves them alone. The error is that of a file that could not be written.
func (l *Library) Close(patience time.Duration) error { return l.open.CloseAll(patience) }

// caller is the script, as stdio sees it.
type caller struct{ L *lua.LState }

func (c caller) Context() context.Context { return c.L.Context() }

func (c caller) Room(size int64) error { return room.For(c.L, size) }

// Stdin returns a reader of what is left of io.stdin.
func (l *Library) Stdin(L *lua.LState) io.Reader { return stdinReader{l.stdin.Stream, caller{L}} }

type stdinReader struct {
	*stdio.Stream
	caller caller
}

func (r stdinReader) Read(p []byte) (int, error) { return r.Stream.Read(r.caller, p) }
