package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// Sandbox says what a script may write. It may run no other programs, change
// nothing of the process and make no links; it may read what it likes.
type Sandbox struct {
	dir  string // absolute
	root *os.Root

	// Databases are the folders of databases, beside those in the sandbox's own
	// folder, that may be opened for writing.
	Databases []string
}

// NewSandbox makes a sandbox whose scripts may write in the folder dir, which
// exists. Close frees it.
func NewSandbox(dir string) (*Sandbox, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	return &Sandbox{dir: abs, root: root}, nil
}

// Close frees what the sandbox holds.
func (b *Sandbox) Close() error { return b.root.Close() }

// DeniedError is what a script gets that does what it may not.
type DeniedError struct {
	What string // what it tried
	Why  string
}

func (e *DeniedError) Error() string { return e.What + " is not allowed" + e.Why }

// writable returns why a script may not make, change or remove the file at path,
// or nil. Scripts can make no links, so what was checked stays true.
func (b *Sandbox) writable(path string) error {
	denied := &DeniedError{fmt.Sprintf("writing %q", path), fmt.Sprintf(" in a sandbox, outside of %s", b.dir)}
	abs, err := filepath.Abs(path)
	if err != nil {
		return denied
	}
	rel, err := filepath.Rel(b.dir, abs)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return denied
	}
	// The root refuses folders that a link leads out of.
	switch info, err := b.root.Lstat(rel); {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil || info.Mode()&os.ModeSymlink != 0:
		return denied
	}
	return nil
}

// openSandbox replaces what a script can leave a sandbox with. It comes after
// all that wraps functions of the libraries, so that no way leads around it.
func (s *State) openSandbox(b *Sandbox) {
	s.guardProcess()
	L := s.Lua
	refuse := func(in *lua.LTable, lib, name string) {
		in.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			L.RaiseError("%v", &DeniedError{lib + "." + name, " in a sandbox"})
			return 0
		}))
	}
	// guard lets a function pass only when the paths at arguments may be written;
	// else it returns nil and a message.
	guard := func(in *lua.LTable, name string, paths ...int) {
		wrap(in, name, func(L *lua.LState, original lua.LGFunction) int {
			for _, i := range paths {
				if err := b.writable(L.CheckString(i)); err != nil {
					return failure(L, err)
				}
			}
			return original(L)
		})
	}

	if io, ok := L.GetGlobal("io").(*lua.LTable); ok {
		refuse(io, "io", "popen")
		refuse(io, "io", "tmpfile")
		wrap(io, "open", func(L *lua.LState, open lua.LGFunction) int {
			if strings.ContainsAny(L.OptString(2, "r"), "wa+") {
				if err := b.writable(L.CheckString(1)); err != nil {
					return failure(L, err)
				}
			}
			return open(L)
		})
		wrap(io, "output", func(L *lua.LState, output lua.LGFunction) int {
			if path, ok := L.Get(1).(lua.LString); ok {
				if err := b.writable(string(path)); err != nil {
					L.RaiseError("%v", err)
				}
			}
			return output(L)
		})
	}
	if lib, ok := L.GetGlobal("os").(*lua.LTable); ok {
		refuse(lib, "os", "execute")
		refuse(lib, "os", "tmpname")
		guard(lib, "remove", 1)
		guard(lib, "rename", 1, 2)
	}
	if pkg, ok := L.GetGlobal("package").(*lua.LTable); ok {
		refuse(pkg, "package", "loadlib")
	}
	s.whenLoaded("lfs", func(lfs *lua.LTable) {
		guard(lfs, "mkdir", 1)
		guard(lfs, "rmdir", 1)
		guard(lfs, "touch", 1)
		refuse(lfs, "lfs", "link")
	})
}

// failure returns nil and the message of an error to a script.
func failure(L *lua.LState, err error) int {
	L.Push(lua.LNil)
	L.Push(lua.LString(err.Error()))
	return 2
}

// mayOpen returns why a database may not be opened so, or nil.
func (b *Sandbox) mayOpen(path string, o *store.Options) error {
	for name := range o.RocksDB {
		return &DeniedError{fmt.Sprintf("open: option %q", name), " in a sandbox"} // some name other folders
	}
	if o.ReadOnly {
		return nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	for _, known := range b.Databases {
		if k, err := filepath.Abs(known); err == nil && k == abs {
			return nil
		}
	}
	return b.writable(path)
}

// guardProcess makes errors of what would change the process for its other
// scripts.
func (s *State) guardProcess() {
	const why = " here: other scripts run in this process"
	if lib, ok := s.Lua.GetGlobal("os").(*lua.LTable); ok {
		lib.RawSetString("setenv", s.Lua.NewFunction(func(L *lua.LState) int {
			L.RaiseError("%v", &DeniedError{"os.setenv", why})
			return 0
		}))
	}
	s.whenLoaded("lfs", func(lfs *lua.LTable) {
		lfs.RawSetString("chdir", s.Lua.NewFunction(func(L *lua.LState) int {
			return failure(L, &DeniedError{"lfs.chdir", why})
		}))
	})
}

// whenLoaded changes a module after it is made for the first require.
func (s *State) whenLoaded(name string, change func(module *lua.LTable)) {
	pkg, ok := s.Lua.GetGlobal("package").(*lua.LTable)
	if !ok {
		return
	}
	preload, ok := pkg.RawGetString("preload").(*lua.LTable)
	if !ok {
		return
	}
	wrap(preload, name, func(L *lua.LState, open lua.LGFunction) int {
		n := open(L)
		if module, ok := L.Get(-1).(*lua.LTable); ok {
			change(module)
		}
		return n
	})
}
