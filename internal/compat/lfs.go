package compat

import (
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// openLFS makes the module lfs, as LuaFileSystem 1.8 has it. A function that fails
// returns nil, a message and the number of the error in C.
func openLFS(L *lua.LState) int {
	t := functions(L, map[string]lua.LGFunction{
		"attributes":        func(L *lua.LState) int { return attributes(L, unix.Stat) },
		"symlinkattributes": func(L *lua.LState) int { return attributes(L, unix.Lstat) },
		"chdir":             func(L *lua.LState) int { return lfsResult(L, os.Chdir(convert.Text(L, 1))) },
		"mkdir":             func(L *lua.LState) int { return lfsResult(L, os.Mkdir(convert.Text(L, 1), 0o777)) },
		"rmdir":             func(L *lua.LState) int { return lfsResult(L, unix.Rmdir(convert.Text(L, 1))) },
		"currentdir":        currentDir,
		"dir":               dir,
		"touch":             touch,
		"link":              link,
		"setmode": func(L *lua.LState) int {
			L.Push(lua.LTrue)
			L.Push(lua.LString("binary")) // as on every POSIX system
			return 2
		},
	})
	t.RawSetString("_VERSION", lua.LString("LuaFileSystem 1.8.0 (microts)"))
	L.Push(t)
	return 1
}

// lfsResult pushes true, or for an error nil, a message and a number.
func lfsResult(L *lua.LState, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, number := CError(err)
	L.Push(lua.LNil)
	L.Push(lua.LString(message))
	L.Push(lua.LNumber(number))
	return 3
}

// currentDir is lfs.currentdir().
func currentDir(L *lua.LState) int {
	wd, err := os.Getwd()
	if err != nil {
		return lfsResult(L, err)
	}
	L.Push(lua.LString(wd))
	return 1
}

var lfsModes = map[uint32]string{
	unix.S_IFREG: "file", unix.S_IFDIR: "directory", unix.S_IFLNK: "link", unix.S_IFSOCK: "socket",
	unix.S_IFCHR: "char device", unix.S_IFBLK: "block device", unix.S_IFIFO: "named pipe",
}

// attributes is lfs.attributes(path [, name or table]): a table of all attributes
// or the named one. Times are seconds since 1970, sizes bytes.
func attributes(L *lua.LState, stat func(string, *unix.Stat_t) error) int {
	path := convert.Text(L, 1)
	var s unix.Stat_t
	if err := stat(path, &s); err != nil {
		n := lfsResult(L, err)
		L.Replace(-2, lua.LString("cannot obtain information from file '"+path+"': "+lua.LVAsString(L.Get(-2))))
		return n
	}
	mode := lfsModes[s.Mode&unix.S_IFMT]
	if mode == "" {
		mode = "other"
	}
	permissions := []byte("rwxrwxrwx")
	for i := range permissions {
		if s.Mode&(1<<(8-i)) == 0 {
			permissions[i] = '-'
		}
	}
	all := map[string]lua.LValue{
		"mode": lua.LString(mode), "permissions": lua.LString(permissions),
		"dev": lua.LNumber(s.Dev), "ino": lua.LNumber(s.Ino), "nlink": lua.LNumber(s.Nlink), "uid": lua.LNumber(s.Uid), "gid": lua.LNumber(s.Gid),
		"rdev": lua.LNumber(s.Rdev), "size": lua.LNumber(s.Size), "blocks": lua.LNumber(s.Blocks), "blksize": lua.LNumber(s.Blksize),
		"access": lua.LNumber(s.Atim.Sec), "modification": lua.LNumber(s.Mtim.Sec), "change": lua.LNumber(s.Ctim.Sec),
	}
	if name, ok := L.Get(2).(lua.LString); ok {
		if name == "target" {
			return linkTarget(L, path)
		}
		v, ok := all[string(name)]
		if !ok {
			L.RaiseError("invalid attribute name '%s'", string(name))
		}
		L.Push(v)
		return 1
	}
	t, ok := L.Get(2).(*lua.LTable)
	if !ok {
		t = L.NewTable()
	}
	for name, v := range all {
		t.RawSetString(name, v)
	}
	L.Push(t)
	return 1
}

// linkTarget pushes where a symbolic link leads.
func linkTarget(L *lua.LState, path string) int {
	target, err := os.Readlink(path)
	if err != nil {
		return lfsResult(L, err)
	}
	L.Push(lua.LString(target))
	return 1
}

// dir is lfs.dir(path): an iterator over the names in a folder, beginning with "."
// and "..", and an object with the methods next and close.
func dir(L *lua.LState) int {
	path := convert.Text(L, 1)
	entries, err := os.ReadDir(path)
	if err != nil {
		message, _ := CError(err)
		L.RaiseError("cannot open %s: %s", path, message)
	}
	size := 0
	const sizeEntry = 48 // bytes of a name, besides its text
	for _, e := range entries {
		size += sizeEntry + len(e.Name())
	}
	room.Check(L, int64(size))
	names := L.CreateTable(len(entries)+2, 0)
	names.Append(lua.LString("."))
	names.Append(lua.LString(".."))
	for _, e := range entries {
		names.Append(lua.LString(e.Name()))
	}
	at := 0
	// The upvalue lets the memory of the state include the names.
	next := L.NewClosure(func(L *lua.LState) int {
		at++
		L.Push(names.RawGetInt(at))
		return 1
	}, names)
	object := L.NewUserData()
	index := L.NewTable()
	index.RawSetString("next", next)
	index.RawSetString("close", L.NewFunction(func(*lua.LState) int {
		at = names.Len()
		return 0
	}))
	meta := L.NewTable()
	meta.RawSetString("__index", index)
	object.Metatable = meta
	L.Push(next)
	L.Push(object)
	return 2
}

// touch is lfs.touch(path [, access [, modification]]); times are seconds since
// 1970.
func touch(L *lua.LState) int {
	now := float64(time.Now().UnixNano()) / 1e9
	access := convert.OptNumber(L, 2, now)
	modification := convert.OptNumber(L, 3, access)
	at := func(seconds float64) time.Time { return time.Unix(0, int64(seconds*1e9)) }
	return lfsResult(L, os.Chtimes(convert.Text(L, 1), at(access), at(modification)))
}

// link is lfs.link(old, new [, symbolic]): new leads to old.
func link(L *lua.LState) int {
	old, name := convert.Text(L, 1), convert.Text(L, 2)
	if lua.LVAsBool(L.Get(3)) {
		return lfsResult(L, os.Symlink(old, name))
	}
	return lfsResult(L, os.Link(old, name))
}
