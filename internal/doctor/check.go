package doctor

import (
	"slices"
	"strings"

	"microts/internal/compat/ffi"
	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
	"microts/internal/suggest"
)

// check finds what in one expression will not run.
func (f *file) check(n syntax.Node) bool {
	switch e := n.(type) {
	case *syntax.CdataExpr:
		f.checkLiteral(e)
	case *syntax.CallExpr:
		f.checkGlobal(e.Func)
		f.checkCall(e)
		f.checkFFICall(e)
	case *syntax.IndexExpr:
		if !f.unused[e] {
			f.checkGlobal(e.Object)
			f.checkField(e)
		}
	case *syntax.LocalStmt:
		f.checkLocals(e)
	case *syntax.LocalExpr:
		f.checkUse(e.Local)
	case *syntax.UpvalueExpr:
		f.checkUse(e.Local)
	}
	return true
}

// checkLocals puts fields that locals keep off until a local is used: a missing one,
// such as local mtype = math.type, does no harm by itself.
func (f *file) checkLocals(s *syntax.LocalStmt) {
	for _, l := range s.Locals {
		if get, ok := f.values[l].(*syntax.IndexExpr); ok {
			f.unused[get] = true
		}
	}
}

// checkUse checks the field that a local keeps, at its first use.
func (f *file) checkUse(l *syntax.Local) {
	if get, ok := f.values[l].(*syntax.IndexExpr); ok && f.unused[get] {
		delete(f.unused, get)
		f.checkField(get)
	}
}

func (f *file) checkCall(c *syntax.CallExpr) {
	switch f.callee(c) {
	case "debug.sethook":
		if len(c.Args) > 0 && !isNil(c.Args[0]) {
			f.find(c.Line, "debug.sethook is not available in microts: leave it out, there are no hooks")
		}
	case "newproxy":
		if len(c.Args) > 0 && f.finalizes {
			f.note(c.Line, "__gc is never called in microts: close what the proxy holds yourself")
		}
	case "load", "loadstring":
		if code, ok := f.firstString(c.Args); ok && strings.HasPrefix(code, "\x1b") {
			f.find(c.Line, "compiled bytecode is loaded here, which only the Lua that made it can run: load the source")
		}
	}
}

// declare reads the types and constants of a call of ffi.cdef.
func (f *file) declare(c *syntax.CallExpr) {
	if text, ok := f.firstString(c.Args); ok {
		f.types.Declare(text)
	}
}

// checkFFICall checks the first argument of a function of ffi, if it is a constant.
func (f *file) checkFFICall(c *syntax.CallExpr) {
	text, ok := f.firstString(c.Args)
	if !ok {
		return
	}
	switch f.moduleCall(c, "ffi") {
	case "load":
		if !ffi.HasLibrary(text) {
			f.find(c.Line, "ffi.load: library %q is not available in microts: it has micro_ts and rocksdb", text)
		}
	case "new", "cast", "typeof", "sizeof", "istype":
		if err := f.types.Check(text); err != nil {
			f.find(c.Line, "%v", err)
		}
	}
}

// checkField finds fields of libraries and modules that are missing.
func (f *file) checkField(get *syntax.IndexExpr) {
	name := constantKey(get)
	if name == "" {
		return
	}
	if object, ok := f.resolve(get.Object).(*syntax.IndexExpr); ok && constantKey(object) == "C" && f.moduleOf(object.Object) == "ffi" {
		f.checkCFunction(get.Line, name)
		return
	}
	switch v := variable(get.Object); {
	case v != nil && f.cLibraries[v]:
		f.checkCFunction(get.Line, name)
	case f.moduleOf(get.Object) == "ffi":
		if use := ffi.Instead[name]; use != "" {
			f.find(get.Line, "ffi.%s is not available in microts: use %s", name, use)
		}
	default:
		if field := f.field(get); field != "" && !f.tested[field] && !f.defined[field] {
			f.checkLibraryField(get.Line, f.library(get.Object), name)
		}
	}
}

func (f *file) checkCFunction(line syntax.Line, name string) {
	if _, ok := f.types.Constant(name); !ok && !ffi.HasCFunction(name) {
		f.find(line, "C function '%s' is not available in microts: %s", name, ffi.InsteadOf(name))
	}
}

// insteadOfField says what to do without fields that are missing, and without functions
// that never succeed.
var insteadOfField = map[string]string{
	"package.loadlib": "write it in Lua, native libraries are not loaded",
	"jit.util":        "leave it out, it is about LuaJIT's own compiler",
	"socket.bind":     "there is no network",
	"socket.connect":  "there is no network",
	"socket.dns":      "there is no network",
	"socket.tcp":      "there is no network",
	"socket.udp":      "there is no network",
	"socket.select":   "there is no network",
}

// insteadOfGlobal says what to do without globals of other versions of Lua.
var insteadOfGlobal = map[string]string{
	"bit32":  "use the global bit",
	"rawlen": "use #t",
	"utf8":   "write it in Lua, or use string.byte and patterns",
	"warn":   "use io.stderr:write",
}

// checkGlobal checks a use of a global that another version of Lua has.
func (f *file) checkGlobal(e syntax.Expr) {
	name := f.globalName(e)
	if use := insteadOfGlobal[name]; use != "" && !f.defined[name] && !f.tested[name] {
		f.find(e.At(), "%s is not available in microts: %s", name, use)
	}
}

// checkLibraryField checks library.name.
func (f *file) checkLibraryField(line syntax.Line, library, name string) {
	t := f.libraryTable(library)
	if t == nil {
		return
	}
	use := insteadOfField[library+"."+name]
	if use == "" {
		if !t.GetString(name).IsNil() || !t.MetaTable().IsNil() {
			return
		}
		if near := suggest.Nearest(name, keys(t)); near != "" {
			f.find(line, "%s.%s is not available in microts; did you mean %s.%s?", library, name, library, near)
			return
		}
		use = "write it in Lua"
	}
	f.find(line, "%s.%s is not available in microts: %s", library, name, use)
}

// keys returns the keys of a table in order.
func keys(t *luavm.Table) []string {
	var all []string
	for k := range t.All() {
		all = append(all, luavm.PlainString(k))
	}
	slices.Sort(all)
	return all
}
