package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"microts/internal/compat"
	"microts/internal/luavm"
	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// LoadFile compiles the script in a file. The error is a *ScriptError.
func (s *State) LoadFile(path string) (luavm.Value, error) {
	proto, err := s.compileFile(path, s.chunks.first)
	if err != nil {
		return luavm.Nil, loadError(err)
	}
	return s.link(proto), nil
}

// LoadString compiles Lua source, which errors call name. The error is a
// *ScriptError.
func (s *State) LoadString(code, name string) (luavm.Value, error) {
	return s.Load(strings.NewReader(code), name)
}

// Load compiles the Lua source that a reader holds, which errors call name. A first
// line that begins with '#' is skipped. The error is that of the reader, or a
// *ScriptError.
func (s *State) Load(r io.Reader, name string) (luavm.Value, error) {
	proto, err := s.compileAll(r, code.Name{Source: "=" + name, Chunk: name})
	if err != nil {
		return luavm.Nil, loadError(err)
	}
	return s.link(proto), nil
}

// link makes a function of a Lua chunk.
func (s *State) link(proto *code.Proto) luavm.Value { return s.Lua.Link(proto, s.Lua.Globals).Value() }

// LoadedFile is a file that a state loaded, or tried to load.
type LoadedFile struct {
	Path string
	Sum  string // SHA-256, in hexadecimal, of what was loaded first; "" if nothing could be read
}

// Files returns the files that the state loaded, each once: those of LoadFile, and
// those of the script's require, loadfile and dofile. The slice belongs to the state.
func (s *State) Files() []LoadedFile { return s.files }

// compileFile compiles a file, through get, and notes it for Files. The error is one of the
// source, or a *ScriptError if the file cannot be read.
func (s *State) compileFile(path string, get func(path string, with compiler) (*chunk, error)) (*code.Proto, error) {
	c, err := get(path, compiler{read: s.readSource, compile: s.compile})
	if err != nil {
		s.noteFile(path, "")
		verb := "read"
		if p := (*os.PathError)(nil); errors.As(err, &p) {
			verb = "open"
		}
		message, _ := compat.CError(err)
		return nil, &ScriptError{Message: fmt.Sprintf("cannot %s %s: %s", verb, path, message)}
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

// loadError makes a *ScriptError of an error of the source. It returns any other error as
// it is.
func loadError(err error) error {
	if e := (*syntax.Error)(nil); errors.As(err, &e) {
		return &ScriptError{Message: e.Error(), Incomplete: e.Incomplete}
	}
	if isSourceError(err) {
		return &ScriptError{Message: err.Error()}
	}
	return err
}

// openLoader gives the script loadfile and dofile, and load the state's limits.
func (s *State) openLoader() {
	s.Lua.Compile = s.compile
	s.Lua.Globals.SetFunctions(map[string]luavm.Native{"loadfile": s.loadFile, "dofile": s.doFile})
}

// compileArg compiles the file that argument 1 names; without it, what is left of
// the standard input.
func (s *State) compileArg(c *luavm.Call) (*code.Proto, error) {
	if c.Arg(1).IsNil() {
		return s.compileAll(&sourceReader{state: s, r: s.io.Stdin()}, code.NameOf("=stdin"))
	}
	return s.compileFile(c.String(1), s.chunks.current)
}

// loadFile is loadfile([path [, mode [, environment]]]).
func (s *State) loadFile(c *luavm.Call) {
	proto, err := s.compileArg(c)
	c.ReturnChunk(proto, err, 2)
}

// doFile is dofile([path]).
func (s *State) doFile(c *luavm.Call) {
	proto, err := s.compileArg(c)
	if isSourceError(err) {
		c.Raise(luavm.Part(err.Error())) // it names the file that it is in
	}
	if err != nil {
		c.CheckStop()
		c.Errorf("%v", err)
	}
	c.Return(c.Call(s.link(proto))...)
}
