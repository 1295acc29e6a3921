package lib

import (
	"fmt"
	"os"
	"strings"

	"microts/internal/luavm"
)

// PackageOptions says how require finds modules.
type PackageOptions struct {
	// Path is package.path: patterns of files, with "?" for the name, separated by ";".
	Path string

	// Load compiles the file of a module.
	Load func(c *luavm.Call, path string) (luavm.Value, error)

	// Advice returns what to use in the place of a module that is missing, or ""; nil
	// gives no advice.
	Advice func(name string) string
}

// OpenPackage gives a state require, module and the table package. A module is what
// package.loaded has; or else package.preload makes it, or a file along package.path, or a
// built-in module of the name.
func OpenPackage(s *luavm.State, o PackageOptions) {
	p := &packages{PackageOptions: o, table: luavm.NewTable(0, 8)}
	t := p.table
	s.SetModule("package", t)
	t.SetString("loaded", s.Loaded.Value())
	t.SetString("preload", s.Preload.Value())
	t.SetString("path", luavm.Intern(o.Path).Value())
	t.SetString("cpath", luavm.Intern("").Value())
	t.SetString("config", luavm.Intern("/\n;\n?\n!\n-\n").Value())
	loaders := luavm.NewTable(4, 0)
	for i, f := range []luavm.Native{p.preloaded, p.alongPath, p.builtin} {
		loaders.SetInt(i+1, luavm.NewFunction("loader", f).Value())
	}
	t.SetString("loaders", loaders.Value())
	t.SetFunctions(map[string]luavm.Native{"loadlib": loadLibrary, "searchpath": searchPath, "seeall": seeAll})
	s.Globals.SetFunctions(map[string]luavm.Native{"require": p.require, "module": module})
	for _, name := range []string{"string", "table", "math", "os", "io", "bit", "debug", "coroutine"} {
		if v := s.Globals.GetString(name); !v.IsNil() {
			s.Loaded.SetString(name, v)
		}
	}
	s.Loaded.SetString("_G", s.Globals.Value())
}

type packages struct {
	PackageOptions
	table *luavm.Table // package
}

// loading is what package.loaded has while a module is loaded.
var loading = luavm.NewUserData(nil, nil)

// require is require(name).
func (p *packages) require(c *luavm.Call) {
	name := c.String(1)
	key := luavm.Part(name)
	loaded := c.State().Loaded
	if v := loaded.Get(key); v.Truth() {
		if v == loading {
			c.Errorf("loop or previous error loading module '%s'", name)
		}
		c.Return(v)
		return
	}
	loaders, ok := p.table.GetString("loaders").AsTable()
	if !ok {
		c.Errorf("'package.loaders' must be a table")
	}
	var tried strings.Builder
	for i := 1; ; i++ {
		loader := loaders.GetInt(i)
		if loader.IsNil() {
			if advice := p.advice(name); advice != "" {
				tried.WriteString("\n\tin microts " + advice)
			}
			c.Errorf("module '%s' not found:%s", name, tried.String())
		}
		answer := c.Call1(loader, key)
		if answer.IsFunction() {
			c.Return(load(c, loaded, key, answer))
			return
		}
		if answer.IsString() {
			tried.WriteString(answer.Text())
		}
	}
}

func (p *packages) advice(name string) string {
	if p.Advice == nil {
		return ""
	}
	return p.Advice(name)
}

// load runs the function that makes a module and returns the module.
func load(c *luavm.Call, loaded *luavm.Table, name, open luavm.Value) luavm.Value {
	loaded.Set(name, loading)
	if made := c.Call1(open, name); !made.IsNil() {
		loaded.Set(name, made)
	} else if loaded.Get(name) == loading {
		loaded.Set(name, luavm.True)
	}
	return loaded.Get(name)
}

// preloaded is the loader of package.preload.
func (p *packages) preloaded(c *luavm.Call) {
	name := c.String(1)
	preload, ok := p.table.GetString("preload").AsTable()
	if !ok {
		c.Errorf("'package.preload' must be a table")
	}
	p.from(c, preload, name, "\n\tno field package.preload['"+name+"']")
}

// builtin is the loader of the built-in modules that give way to files.
func (p *packages) builtin(c *luavm.Call) { p.from(c, c.State().Builtin, c.String(1), "") }

// from returns what a table has for a name, or a text.
func (p *packages) from(c *luavm.Call, t *luavm.Table, name, otherwise string) {
	if open := t.GetString(name); !open.IsNil() {
		c.Return(open)
		return
	}
	c.Return(luavm.Part(otherwise))
}

// alongPath is the loader of files.
func (p *packages) alongPath(c *luavm.Call) {
	name := c.String(1)
	path := p.table.GetString("path")
	if !path.IsString() {
		c.Errorf("'package.path' must be a string")
	}
	file, tried := search(c, name, path.Text(), ".", "/")
	if file == "" {
		c.Return(luavm.Part(tried))
		return
	}
	chunk, err := p.Load(c, file)
	if err != nil {
		c.Errorf("error loading module '%s' from file '%s':\n\t%v", name, file, err)
	}
	c.Return(chunk)
}

// search returns the first file along a path that exists, or what was tried.
func search(c *luavm.Call, name, path, separator, replacement string) (file, tried string) {
	patterns := strings.Count(path, ";") + 1
	c.Room((len(name) + len(path)) * patterns * 2) // for the message
	if separator != "" {
		name = strings.ReplaceAll(name, separator, replacement)
	}
	var b strings.Builder
	for pattern := range strings.SplitSeq(path, ";") {
		if pattern == "" {
			continue
		}
		candidate := strings.ReplaceAll(pattern, "?", name)
		if info, err := os.Stat(candidate); err == nil && !info.IsDir() {
			return candidate, ""
		}
		fmt.Fprintf(&b, "\n\tno file '%s'", candidate)
	}
	return "", b.String()
}

// searchPath is package.searchpath(name, path [, separator [, replacement]]).
func searchPath(c *luavm.Call) {
	file, tried := search(c, c.String(1), c.String(2), c.OptString(3, "."), c.OptString(4, "/"))
	if file == "" {
		c.Return(luavm.Nil, luavm.Part(tried))
		return
	}
	c.Return(luavm.Part(file))
}

// loadLibrary is package.loadlib: there are no libraries of C.
func loadLibrary(c *luavm.Call) {
	c.String(1)
	c.String(2)
	c.Return(luavm.Nil, luavm.Part("dynamic libraries not enabled; check your Lua installation"), luavm.Part("absent"))
}

// seeAll is package.seeall(module): the module inherits the globals.
func seeAll(c *luavm.Call) {
	t := c.Table(1)
	meta, ok := t.MetaTable().AsTable()
	if !ok {
		meta = luavm.NewTable(0, 1)
		t.SetMetaTable(meta)
	}
	meta.SetString("__index", c.State().Globals.Value())
	c.Return()
}

// module is module(name [, option...]): it makes a table, global and in package.loaded, the
// environment of the function that calls.
func module(c *luavm.Call) {
	name := c.String(1)
	loaded := c.State().Loaded
	m, ok := loaded.GetString(name).AsTable()
	if !ok {
		if m, ok = tableAt(c.State().Globals, name); !ok {
			c.Errorf("name conflict for module '%s'", name)
		}
		loaded.SetString(name, m.Value())
	}
	if m.GetString("_NAME").IsNil() {
		m.SetString("_M", m.Value())
		m.SetString("_NAME", luavm.Part(name))
		m.SetString("_PACKAGE", luavm.Part(name[:strings.LastIndexByte(name, '.')+1]))
	}
	caller, ok := c.Thread().Inspect(1)
	if !ok || !luavm.SetEnvironment(caller.Function, m) {
		c.Errorf("'module' not called from a Lua function")
	}
	for i := 2; i <= c.NumArgs(); i++ {
		c.Call(c.Function(i), m.Value())
	}
	c.Return()
}

// tableAt returns the table with a name such as "a.b" and makes those that are missing. ok
// is false if something else stands there.
func tableAt(t *luavm.Table, name string) (_ *luavm.Table, ok bool) {
	for part := range strings.SplitSeq(name, ".") {
		v := t.GetString(part)
		if v.IsNil() {
			v = luavm.NewTable(0, 4).Value()
			t.SetString(part, v)
		}
		if t, ok = v.AsTable(); !ok {
			return nil, false
		}
	}
	return t, true
}
