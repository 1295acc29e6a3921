package host

import (
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/compat/room"
)

// openRequire replaces the loader with which require finds modules along
// package.path. Errors of this one name the module, the file and the line, and it
// notes the files for Files.
func (s *State) openRequire() {
	if loaders, ok := s.Lua.GetField(s.Lua.GetGlobal("package"), "loaders").(*lua.LTable); ok {
		const alongPath = 2 // the first one is for package.preload
		loaders.RawSetInt(alongPath, s.Lua.NewFunction(s.loadModule))
	}
}

// loadModule pushes the Lua chunk of a module, or, if no file holds it, a string
// that says which files it looked for.
func (s *State) loadModule(L *lua.LState) int {
	name := L.CheckString(1)
	path, ok := L.GetField(L.GetGlobal("package"), "path").(lua.LString)
	if !ok {
		L.RaiseError("'package.path' must be a string")
	}
	patterns := strings.Count(string(path), ";") + 1
	room.Check(L, int64(len(name)+len(path))*int64(patterns)*2) // for the message
	var tried []string
	file := strings.ReplaceAll(name, ".", "/")
	for pattern := range strings.SplitSeq(string(path), ";") {
		if pattern == "" {
			continue
		}
		candidate := strings.ReplaceAll(pattern, "?", file)
		if _, err := os.Stat(candidate); err != nil {
			tried = append(tried, fmt.Sprintf("no file '%s'", candidate))
			continue
		}
		chunk, err := s.LoadFile(candidate)
		if err != nil {
			L.RaiseError("error loading module '%s' from file '%s':\n\t%v", name, candidate, err)
		}
		L.Push(chunk)
		return 1
	}
	if use := compat.InsteadOfModule(name); use != "" {
		tried = append(tried, "in microts "+use)
	}
	L.Push(lua.LString(strings.Join(tried, "\n\t")))
	return 1
}
