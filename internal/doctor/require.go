package doctor

import (
	"os"
	"strings"

	"microts/internal/compat"
	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
	"microts/internal/suggest"
)

// addPath adds the patterns that an assignment adds to package.path.
func (f *file) addPath(s *syntax.AssignStmt) {
	if len(s.Targets) != 1 || f.field(s.Targets[0]) != "package.path" {
		return
	}
	for _, e := range s.Exprs {
		syntax.VisitExpr(e, func(n syntax.Node) bool {
			if s, ok := n.(*syntax.StringExpr); ok {
				f.paths = append(f.paths, strings.Split(s.Value, ";")...)
			}
			return true
		})
	}
}

// readRequired reads the file that an expression loads: require "x", dofile "x.lua",
// loadfile "x.lua".
func (f *file) readRequired(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.AssignStmt:
		f.addPath(n)
	case *syntax.CallExpr:
		f.readCalled(n)
	}
	return true
}

func (f *file) readCalled(c *syntax.CallExpr) {
	if f.moduleCall(c, "ffi") == "cdef" {
		f.declare(c)
	}
	switch f.callee(c) {
	case "require":
		if module, ok := f.firstString(c.Args); ok {
			f.require(c.Line, module)
		} else {
			f.note(c.Line, "what is required here is known only when the script runs")
		}
	case "pcall":
		if module, ok := f.protectedRequired(c); ok {
			f.protect(func() { f.require(c.Line, module) })
		}
	case "dofile", "loadfile":
		if path, ok := f.firstString(c.Args); ok && isFile(path) {
			f.doctor.read(path)
		}
	}
}

// require reads the file of a module, or finds that there is none.
func (f *file) require(line syntax.Line, module string) {
	instead := compat.InsteadOfModule(module)
	if f.isBuiltin(module) && instead == "" {
		return
	}
	if path := f.pathOf(module); path != "" {
		f.doctor.read(path)
		return
	}
	if instead != "" {
		f.find(line, "module '%s' is not available in microts: %s", module, instead)
		return
	}
	var modules []string
	for _, m := range compat.Modules {
		modules = append(modules, m.Name)
	}
	if near := suggest.Nearest(module, modules); near != "" {
		f.find(line, "module '%s' is not found; did you mean '%s'?", module, near)
		return
	}
	f.find(line, "module '%s' is not found along package.path: put %s.lua beside the script; modules in C cannot be loaded", module, strings.ReplaceAll(module, ".", "/"))
}

// pathOf returns the file of a module, or "".
func (d *doctor) pathOf(module string) string {
	name := strings.ReplaceAll(module, ".", "/")
	for _, pattern := range d.paths {
		if path := strings.ReplaceAll(pattern, "?", name); isFile(path) {
			return path
		}
	}
	return ""
}

// isBuiltin says whether require returns a module that no file has.
func (d *doctor) isBuiltin(name string) bool {
	s := d.state.Lua
	if !s.Loaded.GetString(name).IsNil() || !s.Preload.GetString(name).IsNil() {
		return true
	}
	return !s.Builtin.GetString(name).IsNil() && d.pathOf(name) == ""
}

// isFound says whether require finds a module.
func (d *doctor) isFound(name string) bool { return d.isBuiltin(name) || d.pathOf(name) != "" }

// builtin returns the table that require returns for a built-in module, or nil.
func (d *doctor) builtin(name string) *luavm.Table {
	t, ok := d.made[name]
	if !ok && d.isBuiltin(name) {
		t = d.makeBuiltin(name)
		d.made[name] = t
	}
	return t
}

func (d *doctor) makeBuiltin(name string) *luavm.Table {
	s := d.state.Lua
	if t, ok := s.Loaded.GetString(name).AsTable(); ok {
		return t
	}
	for _, from := range []*luavm.Table{s.Preload, s.Builtin} {
		open := from.GetString(name)
		if open.IsNil() {
			continue
		}
		made, err := s.Call(open, luavm.Part(name))
		if err != nil || len(made) == 0 {
			return nil
		}
		t, _ := made[0].AsTable()
		return t
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
