package doctor

import (
	"os"
	"slices"
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
	switch f.callee(c) {
	case "require":
		if module, ok := firstString(c.Args); ok {
			f.require(c.Line, module)
		} else {
			f.note(c.Line, "what is required here is known only when the script runs")
		}
	case "pcall":
		if module, ok := f.protectedRequired(c); ok {
			f.protect(func() { f.require(c.Line, module) })
		}
	case "dofile", "loadfile":
		if path, ok := firstString(c.Args); ok && isFile(path) {
			f.doctor.read(path)
		}
	}
}

// require reads the file of a module, or finds that there is none.
func (f *file) require(line syntax.Line, module string) {
	instead := compat.InsteadOfModule(module)
	if f.hasModule(module) && instead == "" {
		return
	}
	name := strings.ReplaceAll(module, ".", "/")
	for _, pattern := range f.paths {
		if path := strings.ReplaceAll(pattern, "?", name); isFile(path) {
			f.doctor.read(path)
			return
		}
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
	f.find(line, "module '%s' is not found along package.path: put %s.lua beside the script; modules in C cannot be loaded", module, name)
}

// hasModule says whether require finds a module without a file.
func (d *doctor) hasModule(name string) bool {
	s := d.state.Lua
	return slices.ContainsFunc([]*luavm.Table{s.Loaded, s.Preload, s.Builtin}, func(modules *luavm.Table) bool {
		return !modules.GetString(name).IsNil()
	})
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
