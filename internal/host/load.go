package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
)

// LoadFile compiles the script in a file. The error is a *ScriptError.
func (s *State) LoadFile(path string) (*lua.LFunction, error) {
	s.files = append(s.files, path)
	proto, err := s.chunks.compile(path)
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		err = &ScriptError{Message: fmt.Sprintf("cannot open %s: %v", path, p.Err)}
	}
	if err != nil {
		return nil, loadError(err)
	}
	return s.Lua.NewFunctionFromProto(proto), nil
}

// Files returns the files that were loaded, with LoadFile and by require.
func (s *State) Files() []string { return s.files }

// LoadString compiles a chunk, which errors call name. The error is a *ScriptError.
func (s *State) LoadString(code, name string) (*lua.LFunction, error) {
	return s.Load(strings.NewReader(code), name)
}

// Load compiles what it reads, whose first line may be a shell's "#!...". The
// error is that of the reader, or a *ScriptError.
func (s *State) Load(r io.Reader, name string) (*lua.LFunction, error) {
	chunk, err := compat.Compile(s.Lua, r, name)
	return chunk, loadError(err)
}

// loadError makes a ScriptError of a *compat.SyntaxError, and leaves other errors.
func loadError(err error) error {
	if syntax := (*compat.SyntaxError)(nil); errors.As(err, &syntax) {
		return &ScriptError{Message: syntax.Message, Incomplete: syntax.Incomplete}
	}
	return err
}

// openLoader replaces the loader that finds modules along package.path by one
// whose errors name the module, the file and the line.
func (s *State) openLoader() {
	L := s.Lua
	loaders, ok := L.GetField(L.GetGlobal("package"), "loaders").(*lua.LTable)
	if !ok {
		return
	}
	loaders.RawSetInt(2, L.NewFunction(func(L *lua.LState) int {
		name := L.CheckString(1)
		path, ok := L.GetField(L.GetGlobal("package"), "path").(lua.LString)
		if !ok {
			L.RaiseError("'package.path' must be a string")
		}
		var tried strings.Builder
		file := strings.ReplaceAll(name, ".", "/")
		for pattern := range strings.SplitSeq(string(path), ";") {
			if pattern == "" {
				continue
			}
			candidate := strings.ReplaceAll(pattern, "?", file)
			if _, err := os.Stat(candidate); err != nil {
				fmt.Fprintf(&tried, "\n\tno file '%s'", candidate)
				continue
			}
			chunk, err := s.LoadFile(candidate)
			if err != nil {
				L.RaiseError("error loading module '%s' from file '%s':\n\t%s", name, candidate, err.Error())
			}
			L.Push(chunk)
			return 1
		}
		if use := compat.InsteadOfModule(name); use != "" {
			fmt.Fprintf(&tried, "\n\tin microts %s", use)
		}
		L.Push(lua.LString(strings.TrimPrefix(tried.String(), "\n\t")))
		return 1
	}))
}
