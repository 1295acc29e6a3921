package luafile

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"microts/internal/luavm"
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
	options   Options
	state     *luavm.State
	open      *stdio.Set
	metatable *luavm.Table // of all files; its __index is itself

	stdin         *file
	input, output standard // what io.read and io.write use

	scratch []byte // for numbers that are written
}

// standard is a default file of the library.
type standard struct {
	*file
	value luavm.Value // the userdata
}

// Open gives a state the library io, and debug.debug. The caller must Close the Library.
func Open(s *luavm.State, o Options) *Library {
	l := &Library{options: o, state: s, open: stdio.NewSet()}
	l.metatable = luavm.NewLibrary(l.methods())
	l.metatable.SetString("__index", l.metatable.Value())

	l.input = l.newStandardFile(o.Stdin, stdio.Mode{Read: true})
	l.output = l.newStandardFile(o.Stdout, stdio.Mode{Write: true})
	l.stdin = l.input.file
	functions := luavm.NewLibrary(l.functions())
	functions.SetString("stdin", l.input.value)
	functions.SetString("stdout", l.output.value)
	functions.SetString("stderr", l.newStandardError(o.Stderr))
	s.SetModule("io", functions)
	l.openDebug()
	return l
}

// Flush writes what the script has written to its files and what waits in their
// buffers. Any goroutine may call it. It waits up to a second for files that are in use,
// and for slow pipes. Close returns its errors.
func (l *Library) Flush() { l.open.Flush(time.Second) }

// Close closes all files. Programs that the script left running get patience to end; 0
// leaves them alone. The error is that of a file that could not be written.
func (l *Library) Close(patience time.Duration) error { return l.open.CloseAll(patience) }

// Stdin returns a reader of what is left of io.stdin. It belongs to the goroutine of the
// state.
func (l *Library) Stdin() io.Reader { return stdinReader{l.stdin.Stream, caller{l.state}} }

type stdinReader struct {
	*stdio.Stream
	caller caller
}

func (r stdinReader) Read(p []byte) (int, error) { return r.Stream.Read(r.caller, p) }

// caller is the script, as stdio sees it.
type caller struct{ state *luavm.State }

func callerOf(c *luavm.Call) caller { return caller{c.State()} }

// Context implements stdio.Caller.
func (c caller) Context() context.Context { return c.state.Context() }

// Room implements stdio.Caller. A script that is to end has no room.
func (c caller) Room(size int64) error {
	if err := c.state.Ended(); err != nil {
		return err
	}
	if !c.state.Room(int(size)) {
		return errNoRoom
	}
	return nil
}

var errNoRoom = errors.New(luavm.NoRoom)
