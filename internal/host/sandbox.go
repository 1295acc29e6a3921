package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microts/internal/luavm"
	"microts/internal/source"
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

// openSandbox guards or refuses every function with which a script could leave the
// sandbox.
func (s *State) openSandbox(b *Sandbox) {
	s.guardProcess()
	refuse(s.library("io"), "io", "popen", inSandbox)
	refuse(s.library("io"), "io", "tmpfile", inSandbox)
	os := s.library("os")
	refuse(os, "os", "execute", inSandbox)
	refuse(os, "os", "tmpname", inSandbox)
	b.guard(os, "remove", 1)
	b.guard(os, "rename", 1, 2)
	refuse(s.library("package"), "package", "loadlib", inSandbox)
	s.whenRequired("lfs", func(lfs *luavm.Table) {
		b.guard(lfs, "mkdir", 1)
		b.guard(lfs, "rmdir", 1)
		b.guard(lfs, "touch", 1)
		refuse(lfs, "lfs", "link", inSandbox)
	})
}

const inSandbox = " in a sandbox"

// refuse replaces a function of a library by one that raises an error.
func refuse(lib *luavm.Table, libName, name, why string) {
	lib.SetString(name, luavm.NewFunction(name, func(c *luavm.Call) {
		c.Errorf("%v", &deniedError{libName + "." + name, why})
	}).Value())
}

// guard lets a function of a library run only when the script may write the paths
// that are its arguments paths. Otherwise the function returns nil and a message.
func (b *Sandbox) guard(lib *luavm.Table, name string, paths ...int) {
	original := lib.GetString(name)
	lib.SetString(name, luavm.NewFunction(name, func(c *luavm.Call) {
		args := slices.Clone(c.Args(1))
		for _, i := range paths {
			checked, err := b.writable(c.String(i))
			if err != nil {
				returnFailure(c, err)
				return
			}
			args[i-1] = luavm.Part(checked)
		}
		c.Return(c.Call(original, args...)...)
	}).Value())
}

// guardOpener makes open refuse the databases that scripts may not open.
func (b *Sandbox) guardOpener(open source.Opener) source.Opener {
	return func(ctx context.Context, path string, o *source.Options) (*source.Source, error) {
		path, err := b.openable(path, o)
		if err != nil {
			return nil, err
		}
		return open(ctx, path, o)
	}
}

// openable returns the path by which a script may open a database with some options,
// or the error that says why it may not.
func (b *Sandbox) openable(path string, o *source.Options) (string, error) {
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
	refuse(s.library("os"), "os", "setenv", why)
	s.whenRequired("lfs", func(lfs *luavm.Table) {
		lfs.SetFunctions(map[string]luavm.Native{"chdir": func(c *luavm.Call) {
			returnFailure(c, &deniedError{"lfs.chdir", why})
		}})
	})
}

// whenRequired calls change each time a built-in module is made, before the script
// that requires it gets it.
func (s *State) whenRequired(name string, change func(module *luavm.Table)) {
	open := s.Lua.Builtin.GetString(name)
	s.Lua.SetBuiltin(name, func(c *luavm.Call) {
		module := c.Call1(open, c.Arg(1))
		if t, ok := module.AsTable(); ok {
			change(t)
		}
		c.Return(module)
	})
}
