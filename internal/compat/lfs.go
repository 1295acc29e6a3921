package compat

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/luavm"
)

// openLFS makes the module lfs, as LuaFileSystem 1.8 has it. A function that fails
// returns nil, a message and the number of the error in C.
func openLFS(c *luavm.Call) {
	t := luavm.NewLibrary(map[string]luavm.Native{
		"attributes":        func(c *luavm.Call) { attributes(c, unix.Stat, nil) },
		"symlinkattributes": linkAttributes,
		"chdir":             func(c *luavm.Call) { lfsResult(c, os.Chdir(c.String(1))) },
		"mkdir":             func(c *luavm.Call) { lfsResult(c, os.Mkdir(c.String(1), 0o777)) },
		"rmdir":             func(c *luavm.Call) { lfsResult(c, unix.Rmdir(c.String(1))) },
		"currentdir":        currentDir,
		"dir":               dir,
		"touch":             touch,
		"link":              link,
		"lock":              lockFile,
		"unlock":            unlockFile,
		"lock_dir":          lockDir,
		"setmode": func(c *luavm.Call) {
			c.Return(luavm.True, luavm.Part("binary")) // as on every POSIX system
		},
	})
	t.SetString("_VERSION", luavm.Part("LuaFileSystem 1.8.0 (microts)"))
	c.Return(t.Value())
}

// lfsResult returns true, or for an error nil, a message and a number.
func lfsResult(c *luavm.Call, err error) {
	if err == nil {
		c.Return(luavm.True)
		return
	}
	message, number := CError(err)
	c.Return(luavm.Nil, luavm.Part(message), luavm.Int(number))
}

// currentDir is lfs.currentdir().
func currentDir(c *luavm.Call) {
	wd, err := os.Getwd()
	if err != nil {
		lfsResult(c, err)
		return
	}
	c.Return(luavm.Part(wd))
}

var lfsModes = map[uint32]string{
	unix.S_IFREG: "file", unix.S_IFDIR: "directory", unix.S_IFLNK: "link", unix.S_IFSOCK: "socket",
	unix.S_IFCHR: "char device", unix.S_IFBLK: "block device", unix.S_IFIFO: "named pipe",
}

// lfsAttributes are the attributes of a file, in the order in which a table of them has them.
// Times are seconds since 1970, sizes bytes.
var lfsAttributes = []struct {
	name string
	of   func(s *unix.Stat_t) luavm.Value
}{
	{"mode", func(s *unix.Stat_t) luavm.Value {
		if mode := lfsModes[s.Mode&unix.S_IFMT]; mode != "" {
			return luavm.Part(mode)
		}
		return luavm.Part("other")
	}},
	{"dev", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Dev)) }},
	{"ino", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Ino)) }},
	{"nlink", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Nlink)) }},
	{"uid", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Uid)) }},
	{"gid", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Gid)) }},
	{"rdev", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Rdev)) }},
	{"access", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Atim.Sec)) }},
	{"modification", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Mtim.Sec)) }},
	{"change", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Ctim.Sec)) }},
	{"size", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Size)) }},
	{"permissions", func(s *unix.Stat_t) luavm.Value {
		permissions := []byte("rwxrwxrwx")
		for i := range permissions {
			if s.Mode&(1<<(8-i)) == 0 {
				permissions[i] = '-'
			}
		}
		return luavm.Text(permissions)
	}},
	{"blocks", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Blocks)) }},
	{"blksize", func(s *unix.Stat_t) luavm.Value { return luavm.Number(float64(s.Blksize)) }},
}

// attributes is lfs.attributes(path [, name or table]): a table of all attributes and of
// those in more, or the named one.
func attributes(c *luavm.Call, stat func(string, *unix.Stat_t) error, more map[string]luavm.Value) {
	path := c.String(1)
	var s unix.Stat_t
	if err := stat(path, &s); err != nil {
		message, number := CError(err)
		c.Return(luavm.Nil, luavm.Part("cannot obtain information from file '"+path+"': "+message), luavm.Int(number))
		return
	}
	if v := c.Arg(2); v.IsString() || v.IsNumber() {
		name := c.String(2)
		for _, a := range lfsAttributes {
			if a.name == name {
				c.Return(a.of(&s))
				return
			}
		}
		c.Errorf("invalid attribute name '%s'", name)
	}
	t, ok := c.Arg(2).AsTable()
	if !ok {
		t = luavm.NewTable(0, len(lfsAttributes))
	}
	for _, a := range lfsAttributes {
		t.SetString(a.name, a.of(&s))
	}
	for name, v := range more {
		t.SetString(name, v)
	}
	c.Return(t.Value())
}

// linkAttributes is lfs.symlinkattributes(path [, name or table]). Of a symbolic link there
// is the attribute target: where it leads.
func linkAttributes(c *luavm.Call) {
	path := c.String(1)
	target, err := os.Readlink(path)
	switch v := c.Arg(2); {
	case v.IsString() && v.Text() == "target" && err == nil:
		c.Return(luavm.Part(target))
	case v.IsString() && v.Text() == "target":
		lfsResult(c, err)
	case err == nil:
		attributes(c, unix.Lstat, map[string]luavm.Value{"target": luavm.Part(target)})
	default:
		attributes(c, unix.Lstat, nil)
	}
}

// directory is the iterator of lfs.dir.
type directory struct {
	names []string
	bytes int64
}

// MemorySize implements luavm.MemorySizer.
func (d *directory) MemorySize() int64 { return d.bytes }

// next is the iterator, and the method next of the object.
func (d *directory) next(c *luavm.Call) {
	if len(d.names) == 0 {
		c.Return(luavm.Nil)
		return
	}
	name := d.names[0]
	d.names = d.names[1:]
	c.Return(luavm.Part(name))
}

func (d *directory) close(c *luavm.Call) {
	d.names = nil
	c.Return()
}

// dir is lfs.dir(path): an iterator over the names in a folder, beginning with "."
// and "..", and an object with the methods next and close.
func dir(c *luavm.Call) {
	path := c.String(1)
	folder, err := os.Open(path)
	if err != nil {
		message, _ := CError(err)
		c.Errorf("cannot open %s: %s", path, message)
	}
	defer folder.Close()
	d := &directory{names: []string{".", ".."}}
	m := making{call: c}
	for {
		const together = 1000
		names, err := folder.Readdirnames(together)
		for _, name := range names {
			const size = 16 // of a string of Go
			m.add(size + len(name))
		}
		if d.names = append(d.names, names...); err != nil || len(names) == 0 {
			break // an error after the beginning of a folder is its end, as in C
		}
	}
	m.end()
	d.bytes = int64(m.held)
	next := luavm.NewFunctionWith("next", d, d.next).Value()
	methods := luavm.NewLibrary(map[string]luavm.Native{"close": d.close})
	methods.SetString("next", next)
	meta := luavm.NewTable(0, 1)
	meta.SetString("__index", methods.Value())
	c.Return(next, luavm.NewUserData(nil, meta))
}

// touch is lfs.touch(path [, access [, modification]]); times are seconds since
// 1970.
func touch(c *luavm.Call) {
	now := float64(time.Now().UnixNano()) / 1e9
	access := c.OptNumber(2, now)
	modification := c.OptNumber(3, access)
	at := func(seconds float64) time.Time { return time.Unix(0, int64(seconds*1e9)) }
	lfsResult(c, os.Chtimes(c.String(1), at(access), at(modification)))
}

// link is lfs.link(old, new [, symbolic]): new leads to old.
func link(c *luavm.Call) {
	old, name := c.String(1), c.String(2)
	if c.Truth(3) {
		lfsResult(c, os.Symlink(old, name))
		return
	}
	lfsResult(c, os.Link(old, name))
}
