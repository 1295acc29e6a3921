package luafile

import (
	"errors"
	"runtime"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/stdio"
)

// file is what a FILE* of Lua holds, and an iterator of its lines.
type file struct {
	*stdio.Stream

	// standard says that the script cannot close the file.
	standard bool

	// program says that io.popen made the file.
	program bool
}

// fileOf returns the file of a value, or nil.
func fileOf(v lua.LValue) *file {
	if ud, ok := v.(*lua.LUserData); ok {
		f, _ := ud.Value.(*file)
		return f
	}
	return nil
}

// self returns argument 1, which must be a file.
func self(L *lua.LState, name string) *file {
	f := fileOf(L.Get(1))
	if f == nil {
		signature{name: name}.typeError(L, 1, "FILE*")
	}
	return f
}

// openSelf is self for a file that must be open.
func openSelf(L *lua.LState, name string) *file {
	f := self(L, name)
	if f.Closed() {
		L.RaiseError("attempt to use a closed file")
	}
	return f
}

func (l *Library) newStandardFile(L *lua.LState, d stdio.Device, m stdio.Mode) *lua.LUserData {
	return l.newUserData(L, &file{Stream: stdio.NewStream(d, m), standard: true})
}

// newStandardError makes io.stderr. It is not buffered, unless the script wants it so.
func (l *Library) newStandardError(L *lua.LState, d stdio.Device) *lua.LUserData {
	ud := l.newStandardFile(L, d, stdio.Mode{Write: true})
	s := ud.Value.(*file).Stream
	_ = s.SetBuffering(L.Context(), stdio.None) // nothing is written yet
	l.open.Add(s, "the standard error")
	return ud
}

func (l *Library) newUserData(L *lua.LState, f *file) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value, ud.Metatable = f, l.methods
	return ud
}

// newFile makes a FILE*. name names it in errors. When the script has forgotten the file,
// it is closed, as Lua's collector would do.
func (l *Library) newFile(L *lua.LState, f *file, name string) *lua.LUserData {
	open := l.open // l itself would keep the state alive
	open.Add(f.Stream, name)
	runtime.AddCleanup(f, func(s *stdio.Stream) { go open.Forget(s) }, f.Stream) // it may wait
	return l.newUserData(L, f)
}

// openFile opens a file with a mode of fopen.
func (l *Library) openFile(L *lua.LState, path, mode string) (*lua.LUserData, error) {
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
		d, err = stdio.Open(L.Context(), allowed, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.newFile(L, &file{Stream: stdio.NewStream(d, m)}, path), nil
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
