package luafile

import (
	"errors"
	"runtime"
	"syscall"
	"time"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// file is what a FILE* of Lua holds. As a luavm.MemorySizer, it has the size of its buffer.
type file struct {
	*stdio.Stream

	// standard says that the script cannot close the file.
	standard bool

	// program says that io.popen made the file.
	program bool
}

// self returns argument 1, which must be a file.
func self(c *luavm.Call) *file {
	f, ok := c.Arg(1).Data().(*file)
	if !ok {
		c.TypeError(1, "FILE*")
	}
	return f
}

// openSelf is self for a file that must be open.
func openSelf(c *luavm.Call) *file {
	f := self(c)
	checkOpen(c, f)
	return f
}

// checkOpen raises an error if a file is closed.
func checkOpen(c *luavm.Call, f *file) {
	if f.Closed() {
		c.Errorf("attempt to use a closed file")
	}
}

func (l *Library) newStandardFile(d stdio.Device, m stdio.Mode) standard {
	f := &file{Stream: stdio.NewStream(d, m), standard: true}
	return standard{f, l.newUserData(f)}
}

// newStandardError makes io.stderr. It is not buffered, unless the script wants it so.
func (l *Library) newStandardError(d stdio.Device) luavm.Value {
	f := l.newStandardFile(d, stdio.Mode{Write: true})
	_ = f.SetBuffering(l.state.Context(), stdio.None) // nothing is written yet
	l.open.Add(f.Stream, "the standard error")
	return f.value
}

func (l *Library) newUserData(f *file) luavm.Value { return luavm.NewUserData(f, l.metatable) }

// newFile makes a file of the script. name names it in errors. When the script has
// forgotten the file, it is closed, as Lua's collector would do.
func (l *Library) newFile(f *file, name string) *file {
	open := l.open // l itself would keep the state alive
	open.Add(f.Stream, name)
	runtime.AddCleanup(f, func(s *stdio.Stream) { go open.Forget(s) }, f.Stream) // it may wait
	return f
}

// openFile opens a file with a mode of fopen.
func (l *Library) openFile(path, mode string) (*file, error) {
	m, err := stdio.ParseMode(mode)
	if err != nil {
		return nil, err
	}
	allowed := path
	if m.Write && l.options.Writable != nil {
		if allowed, err = l.options.Writable(path); err != nil {
			return nil, refusal{err}
		}
	}
	var d *stdio.OSDevice
	err = l.withForgotten(func() (err error) {
		d, err = stdio.Open(l.state.Context(), allowed, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.newFile(&file{Stream: stdio.NewStream(d, m)}, path), nil
}

// mustOpen opens the file that argument 1 names, or raises an error.
func (l *Library) mustOpen(c *luavm.Call, mode string) *file {
	path := c.String(1)
	f, err := l.openFile(path, mode)
	if err != nil {
		message, _ := describe(c, path, err)
		c.ArgError(1, message)
	}
	return f
}

// withForgotten calls open, again if too many files are open and some of them are
// forgotten.
func (l *Library) withForgotten(open func() error) error {
	const tries = 10
	err := open()
	for i := 0; i < tries && (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)); i++ {
		runtime.GC()
		time.Sleep(time.Millisecond) // the collector has their files closed by another goroutine
		err = open()
	}
	return err
}
