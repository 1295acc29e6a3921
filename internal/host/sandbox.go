package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// Sandbox says which files scripts may write: those in one folder, and some
// databases. Scripts in a Sandbox may read all files. They may start no programs,
// make no links, and change nothing of the process.
//
// Several States may share a Sandbox. Set Databases before the first uses it.
type Sandbox struct {
	dir  string // absolute
	root *os.Root

	// Databases are folders of databases outside of the Sandbox's folder that scripts
	// may open for writing.
	Databases []string
}

// NewSandbox makes a Sandbox whose scripts may write in the folder dir, which must
// exist. The caller must Close it.
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

// Close frees the Sandbox.
func (b *Sandbox) Close() error { return b.root.Close() }

// deniedError is the error of a script that does what it may not do.
type deniedError struct {
	What string // the script tried
	Why  string // begins with a space
}

func (e *deniedError) Error() string { return e.What + " is not allowed" + e.Why }

// writable returns the path by which a script may make, change or remove the file at
// path, or the error that says why it may not. The answer stays true: scripts can make
// no links.
//
// The result is path itself, or an absolute path when path has a "..": the kernel
// takes "link/.." for the folder above where link leads, and would write another file
// than the one that was checked.
func (b *Sandbox) writable(path string) (string, error) {
	denied := &deniedError{fmt.Sprintf("writing %q", path), fmt.Sprintf("%s, outside of %s", inSandbox, b.dir)}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", denied
	}
	rel, err := filepath.Rel(b.dir, abs)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return "", denied
	}
	// The root follows no link that leads out of it.
	switch info, err := b.root.Lstat(rel); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil || info.Mode()&os.ModeSymlink != 0:
		return "", denied
	}
	if slices.Contains(strings.Split(path, "/"), "..") {
		return abs, nil
	}
	return path, nil
}

// checkArgument makes argument i, a path, one by which the script may write, or
// returns the error that says why it may not.
func (b *Sandbox) checkArgument(L *lua.LState, i int) error {
	path := L.CheckString(i)
	checked, err := b.writable(path)
	if err == nil && checked != path {
		L.Replace(i, lua.LString(checked))
	}
	return err
}

// openSandbox guards or refuses every function with which a script could leave the
// sandbox. Call it after all else that wraps these functions: what wraps them later
// would stand outside of the guard.
func (s *State) openSandbox(b *Sandbox) {
	s.guardProcess()
	L := s.Lua
	if lib, ok := L.GetGlobal("io").(*lua.LTable); ok {
		refuse(L, lib, "io", "popen", inSandbox)
		refuse(L, lib, "io", "tmpfile", inSandbox)
	}
	if lib, ok := L.GetGlobal("os").(*lua.LTable); ok {
		refuse(L, lib, "os", "execute", inSandbox)
		refuse(L, lib, "os", "tmpname", inSandbox)
		b.guard(lib, "remove", 1)
		b.guard(lib, "rename", 1, 2)
	}
	if lib, ok := L.GetGlobal("package").(*lua.LTable); ok {
		refuse(L, lib, "package", "loadlib", inSandbox)
	}
	s.whenRequired("lfs", func(lfs *lua.LTable) {
		b.guard(lfs, "mkdir", 1)
		b.guard(lfs, "rmdir", 1)
		b.guard(lfs, "touch", 1)
		refuse(L, lfs, "lfs", "link", inSandbox)
	})
}

const inSandbox = " in a sandbox"

// refuse replaces a function of a library by one that raises an error.
func refuse(L *lua.LState, lib *lua.LTable, libName, name, why string) {
	lib.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
		L.RaiseError("%v", &deniedError{libName + "." + name, why})
		return 0
	}))
}

// guard lets a function of a library run only when the script may write the paths
// that are its arguments paths. Otherwise the function returns nil and a message.
func (b *Sandbox) guard(lib *lua.LTable, name string, paths ...int) {
	wrap(lib, name, func(L *lua.LState, original lua.LGFunction) int {
		for _, i := range paths {
			if err := b.checkArgument(L, i); err != nil {
				return pushFailure(L, err)
			}
		}
		return original(L)
	})
}

// pushFailure pushes nil and the message of an error. It returns how many values it
// pushed.
func pushFailure(L *lua.LState, err error) int {
	L.Push(lua.LNil)
	L.Push(lua.LString(err.Error()))
	return 2
}

// guardOpener makes open refuse the databases that scripts may not open.
func (b *Sandbox) guardOpener(open func(string, *store.Options) (*store.DB, error)) func(string, *store.Options) (*store.DB, error) {
	return func(path string, o *store.Options) (*store.DB, error) {
		path, err := b.openable(path, o)
		if err != nil {
			return nil, err
		}
		return open(path, o)
	}
}

// openable returns the path by which a script may open a database with some options,
// or the error that says why it may not.
func (b *Sandbox) openable(path string, o *store.Options) (string, error) {
	for name := range o.RocksDB { // some of these name other folders
		return "", &deniedError{fmt.Sprintf("open: option %q", name), inSandbox}
	}
	if o.ReadOnly {
		return path, nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for _, known := range b.Databases {
		if k, err := filepath.Abs(known); err == nil && k == abs {
			return known, nil
		}
	}
	return b.writable(path)
}

// guardProcess refuses what would change the process for its other scripts.
func (s *State) guardProcess() {
	const why = " here: other scripts run in this process"
	if lib, ok := s.Lua.GetGlobal("os").(*lua.LTable); ok {
		refuse(s.Lua, lib, "os", "setenv", why)
	}
	s.whenRequired("lfs", func(lfs *lua.LTable) {
		lfs.RawSetString("chdir", s.Lua.NewFunction(func(L *lua.LState) int {
			return pushFailure(L, &deniedError{"lfs.chdir", why})
		}))
	})
}

// whenRequired calls change each time a built-in module is made, before the script
// that requires it gets it.
func (s *State) whenRequired(name string, change func(module *lua.LTable)) {
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
