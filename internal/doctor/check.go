package doctor

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"microts/internal/compat/ffi"
	"microts/internal/suggest"
)

// check finds what in one expression will not run.
func (f *file) check(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		f.checkCall(e)
		f.checkFFICall(e)
	case *ast.AttrGetExpr:
		if !f.tested[fieldName(e)] {
			f.checkField(e)
		}
	}
}

func (f *file) checkCall(c *ast.FuncCallExpr) {
	switch callee(c) {
	case "string.dump":
		f.find(c.Line(), "string.dump is not available in microts: pass the function's source on")
	case "load", "loadstring":
		if code, ok := firstString(c); ok && strings.HasPrefix(code, "\x1b") {
			f.find(c.Line(), "compiled bytecode is loaded here, which only the Lua that made it can run: load the source")
		}
	}
}

// checkFFICall checks the first argument of a function of ffi, if it is a constant.
func (f *file) checkFFICall(c *ast.FuncCallExpr) {
	text, ok := firstString(c)
	if !ok {
		return
	}
	switch f.moduleCall(c, "ffi") {
	case "cdef":
		f.types.Declare(text)
	case "load":
		if !ffi.HasLibrary(text) {
			f.find(c.Line(), "ffi.load: library %q is not available in microts: it has micro_ts and rocksdb", text)
		}
	case "new", "cast", "typeof", "sizeof", "istype":
		if err := f.types.Check(text); err != nil {
			f.find(c.Line(), "%v", err)
		}
	}
}

// checkField finds fields of libraries and modules that are missing.
func (f *file) checkField(get *ast.AttrGetExpr) {
	key, ok := get.Key.(*ast.StringExpr)
	if !ok {
		return
	}
	switch object := get.Object.(type) {
	case *ast.IdentExpr:
		f.checkVariableField(get.Line(), object.Value, key.Value)
	case *ast.AttrGetExpr:
		if library, name, _ := strings.Cut(fieldName(object), "."); name == "C" && f.modules[library] == "ffi" {
			f.checkCFunction(get.Line(), key.Value)
		}
	}
}

// checkVariableField checks variable.name.
func (f *file) checkVariableField(line int, variable, name string) {
	switch module := f.modules[variable]; {
	case f.cLibraries[variable]:
		f.checkCFunction(line, name)
	case module == "ffi":
		if use := ffi.Instead[name]; use != "" {
			f.find(line, "ffi.%s is not available in microts: use %s", name, use)
		}
	case module != "":
		f.checkLibraryField(line, module, name)
	case !f.others[variable]:
		f.checkLibraryField(line, variable, name)
	}
}

func (f *file) checkCFunction(line int, name string) {
	if !ffi.HasCFunction(name) {
		f.find(line, "C function '%s' is not available in microts: %s", name, ffi.InsteadOf(name))
	}
}

// libraries are the global tables whose fields are checked.
var libraries = []string{"string", "table", "math", "os", "io", "debug", "coroutine", "bit", "jit", "package"}

// insteadOfField says what to do without functions that are missing, or that only
// raise an error.
var insteadOfField = map[string]string{
	"debug.sethook":         "leave it out, there are no hooks",
	"debug.gethook":         "leave it out, there are no hooks",
	"debug.getregistry":     "use a table of your own",
	"coroutine.isyieldable": "use coroutine.running() ~= nil",
	"package.loadlib":       "write it in Lua, native libraries are not loaded",
	"os.setlocale":          "leave it out, the locale is C",
	"jit.util":              "leave it out, there is no JIT compiler",
}

// checkLibraryField checks library.name, unless a file of the script defines it.
func (f *file) checkLibraryField(line int, library, name string) {
	if !slices.Contains(libraries, library) || f.defined[library+"."+name] {
		return
	}
	t, ok := f.state.Lua.GetGlobal(library).(*lua.LTable)
	if !ok {
		return
	}
	use := insteadOfField[library+"."+name]
	if use == "" {
		if t.RawGetString(name) != lua.LNil {
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
func keys(t *lua.LTable) []string {
	var all []string
	t.ForEach(func(k, _ lua.LValue) { all = append(all, k.String()) })
	slices.Sort(all)
	return all
}
