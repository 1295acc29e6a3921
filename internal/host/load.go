package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/luavm/syntax"
)

// LoadFile compiles the script in a file. The error is a *ScriptError.
func (s *State) LoadFile(path string) (*lua.LFunction, error) {
	proto, err := s.compileFile(s.Lua, path, s.chunks.first)
	if err != nil {
		return nil, loadError(err)
	}
	return s.Lua.NewFunctionFromProto(proto), nil
}

// LoadString compiles Lua source, which errors call name. The error is a
// *ScriptError.
func (s *State) LoadString(code, name string) (*lua.LFunction, error) {
	return s.Load(strings.NewReader(code), name)
}

// Load compiles the Lua source that a reader holds, which errors call name. A first
// line that begins with '#' is skipped. The error is that of the reader, or a
// *ScriptError.
func (s *State) Load(r io.Reader, name string) (*lua.LFunction, error) {
	proto, err := compileAll(s.Lua, r, name)
	if err != nil {
		return nil, loadError(err)
	}
	return s.Lua.NewFunctionFromProto(proto), nil
}

// LoadedFile is a file that a state loaded, or tried to load.
type LoadedFile struct {
	Path string
	Sum  string // SHA-256, in hexadecimal, of what was loaded first; "" if nothing could be read
}

// Files returns the files that the state loaded, each once: those of LoadFile, and
// those of the script's require, loadfile and dofile. The slice belongs to the state.
func (s *State) Files() []LoadedFile { return s.files }

// compileFile compiles a file for L, through get, and notes it for Files. The error
// is a *syntax.Error, or a *ScriptError if the file cannot be read.
func (s *State) compileFile(L *lua.LState, path string, get func(path string, with compiler) (*chunk, error)) (*lua.FunctionProto, error) {
	c, err := get(path, compiler{
		read:    func(path string) ([]byte, error) { return readSource(L, path) },
		compile: func(source []byte, name string) (*lua.FunctionProto, error) { return compile(L, source, name) },
	})
	if err != nil {
		s.noteFile(path, "")
		verb := "read"
		if p := (*os.PathError)(nil); errors.As(err, &p) {
			verb, err = "open", p.Err
		}
		return nil, &ScriptError{Message: fmt.Sprintf("cannot %s %s: %v", verb, path, err)}
	}
	s.noteFile(path, c.sum)
	return c.proto, c.err
}

func (s *State) noteFile(path, sum string) {
	if !s.noted[path] {
		s.noted[path] = true
		s.files = append(s.files, LoadedFile{path, sum})
	}
}

// loadError makes a *ScriptError of a *syntax.Error. It returns any other error as it is.
func loadError(err error) error {
	if e := (*syntax.Error)(nil); errors.As(err, &e) {
		return &ScriptError{Message: e.Error(), Incomplete: e.Incomplete}
	}
	return err
}

// openLoader gives the script the functions that load Lua: load, loadstring,
// loadfile, dofile, and the loader of require.
func (s *State) openLoader() {
	l := loader{s}
	for name, fn := range map[string]lua.LGFunction{
		"load": load, "loadstring": load, "loadfile": l.loadFile, "dofile": l.doFile,
	} {
		s.Lua.SetGlobal(name, s.Lua.NewFunction(fn))
	}
	s.openRequire()
}

// loader loads files for a script.
type loader struct{ state *State }

// compileArg compiles the file that argument 1 names; without it, what is left of
// the standard input.
func (l loader) compileArg(L *lua.LState) (*lua.FunctionProto, error) {
	if L.Get(1) == lua.LNil {
		return compileAll(L, &sourceReader{L: L, r: l.state.io.Stdin(L)}, "stdin")
	}
	return l.state.compileFile(L, convert.Text(L, 1), l.state.chunks.current)
}

// loadFile is loadfile([path [, mode [, environment]]]).
func (l loader) loadFile(L *lua.LState) int {
	proto, err := l.compileArg(L)
	return pushChunk(L, proto, err, 2)
}

// doFile is dofile([path]).
func (l loader) doFile(L *lua.LState) int {
	proto, err := l.compileArg(L)
	if e := (*syntax.Error)(nil); errors.As(err, &e) {
		L.Error(lua.LString(e.Error()), 0) // it names the file that it is in
	}
	if err != nil {
		L.RaiseError("%v", err)
	}
	top := L.GetTop()
	L.Push(L.NewFunctionFromProto(proto))
	L.Call(0, lua.MultRet)
	return L.GetTop() - top
}

// load is load(source [, name [, mode [, environment]]]), and loadstring. The source
// is a string, or a function that returns it in pieces.
func load(L *lua.LState) int {
	var source, name string
	switch v := L.Get(1).(type) {
	case lua.LString:
		source, name = string(v), string(v)
	case *lua.LFunction:
		var ok bool
		top := L.GetTop()
		if source, ok = readPieces(L, v); !ok {
			return pushFailure(L, errors.New("reader function must return a string"))
		}
		L.SetTop(top)
		name = "=(load)"
	default:
		L.CheckTypes(1, lua.LTString, lua.LTFunction)
	}
	proto, err := compile(L, []byte(source), syntax.ChunkName(convert.OptText(L, 2, name)))
	return pushChunk(L, proto, err, 3)
}

// readPieces calls a function until it returns nil, nothing or "", and joins what it
// returned. ok is false if it returned something that is no string.
func readPieces(L *lua.LState, next *lua.LFunction) (source string, ok bool) {
	text := room.Text{L: L}
	text.Keep()
	for {
		room.Interrupt(L)
		L.Push(next)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		switch piece := piece.(type) {
		case lua.LString:
			if piece == "" {
				return string(text.Value()), true
			}
			text.Add(string(piece))
		case *lua.LNilType:
			return string(text.Value()), true
		default:
			return "", false
		}
	}
}

// pushChunk pushes a Lua chunk as a function, or nil and a message. Argument i is the
// mode of load and loadfile, argument i+1 their environment.
func pushChunk(L *lua.LState, proto *lua.FunctionProto, err error, i int) int {
	if mode := convert.OptText(L, i, "bt"); err == nil && !strings.Contains(mode, "t") {
		err = errors.New("attempt to load chunk with wrong mode")
	}
	if err != nil {
		return pushFailure(L, err)
	}
	fn := L.NewFunctionFromProto(proto)
	if env, ok := L.Get(i + 1).(*lua.LTable); ok {
		fn.Env = env
	}
	L.Push(fn)
	return 1
}
