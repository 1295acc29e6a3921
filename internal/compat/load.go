package compat

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// SyntaxError is why a chunk could not be compiled, as Lua says it:
// file:line: what near 'token'.
type SyntaxError struct {
	Message string

	// Incomplete says that the chunk ended too early: more of it may mend it.
	Incomplete bool
}

func (e *SyntaxError) Error() string { return e.Message }

// Compile compiles what it reads, whose first line may be a shell's "#!...";
// errors call the chunk name. The error is that of the reader or a *SyntaxError.
func Compile(L *lua.LState, r io.Reader, name string) (*lua.LFunction, error) {
	source, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	proto, err := CompileSource(source, name)
	if err != nil {
		return nil, err
	}
	return L.NewFunctionFromProto(proto), nil
}

// CompileSource compiles a chunk. What it returns is for any number of states
// and goroutines. The error is a *SyntaxError.
//
// All chunks come through here, since what gopher-lua compiles wrongly is
// mended first (repair).
func CompileSource(source []byte, name string) (*lua.FunctionProto, error) {
	chunk, err := Parse(source, name)
	if err != nil {
		return nil, err
	}
	repair(chunk)
	proto, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, syntaxError(err, source, name)
	}
	return proto, nil
}

// Parse parses a chunk. The error is a *SyntaxError.
func Parse(source []byte, name string) ([]ast.Stmt, error) {
	switch {
	case bytes.HasPrefix(source, []byte("\x1b")):
		return nil, &SyntaxError{Message: name + ": is compiled bytecode, which only the Lua that made it can run: run the source"}
	case bytes.HasPrefix(source, []byte("#")):
		end := bytes.IndexByte(source, '\n')
		if end < 0 {
			end = len(source)
		}
		source = source[end:] // the rest keeps its line numbers
	}
	chunk, err := parse.Parse(bytes.NewReader(unescape(source)), name)
	if err != nil {
		return nil, syntaxError(err, source, name)
	}
	return chunk, nil
}

// syntaxError says an error of the parser or the compiler.
func syntaxError(err error, source []byte, name string) *SyntaxError {
	var (
		syntax  *parse.Error
		compile *lua.CompileError
	)
	switch {
	case errors.As(err, &syntax):
		if syntax.Pos.Line == parse.EOF {
			if literal := findLiteral(source, 1, math.MaxInt); literal != "" {
				return &SyntaxError{Message: fmt.Sprintf("%s: %s near <eof>: %s", name, syntax.Message, LiteralHint(literal))}
			}
			return &SyntaxError{Message: fmt.Sprintf("%s: %s near <eof>", name, syntax.Message), Incomplete: true}
		}
		message := fmt.Sprintf("%s:%d: %s near '%s'", name, syntax.Pos.Line, syntax.Message, syntax.Token)
		// The parser may be past the literal that it does not know.
		if literal := findLiteral(source, syntax.Pos.Line-1, syntax.Pos.Line); literal != "" {
			message += ": " + LiteralHint(literal)
		}
		return &SyntaxError{Message: message}
	case errors.As(err, &compile):
		return &SyntaxError{Message: fmt.Sprintf("%s:%d: %s", name, compile.Line, compile.Message)}
	}
	return &SyntaxError{Message: strings.TrimSpace(err.Error())}
}

// load takes a string or a function that returns the pieces of one, a name, a
// mode and an environment, as LuaJIT does. loadstring is the same.
func load(L *lua.LState) int {
	var source, name string
	switch v := L.Get(1).(type) {
	case lua.LString:
		source, name = string(v), string(v)
	case *lua.LFunction:
		var ok bool
		if source, ok = readPieces(L, v); !ok {
			L.Push(lua.LNil)
			L.Push(lua.LString("reader function must return a string"))
			return 2
		}
		name = "=(load)"
	default:
		L.CheckTypes(1, lua.LTString, lua.LTFunction)
	}
	return loaded(L, strings.NewReader(source), ChunkName(optText(L, 2, name)), 3)
}

// readPieces calls a function until it returns nothing more; ok is false when it
// returns something that is no string.
func readPieces(L *lua.LState, next *lua.LFunction) (source string, ok bool) {
	var pieces strings.Builder
	for {
		L.Push(next)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		switch piece := piece.(type) {
		case lua.LString:
			if piece == "" {
				return pieces.String(), true
			}
			pieces.WriteString(string(piece))
		case *lua.LNilType:
			return pieces.String(), true
		default:
			return "", false
		}
	}
}

// loaded returns the function of a chunk, or nil and a message; the arguments
// from i on are a mode and an environment.
func loaded(L *lua.LState, r io.Reader, name string, i int) int {
	fn, err := Compile(L, r, name)
	if mode := optText(L, i, "bt"); err == nil && !strings.Contains(mode, "t") {
		err = errors.New("attempt to load chunk with wrong mode")
	}
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	fn.Env = L.Env
	if env, ok := L.Get(i + 1).(*lua.LTable); ok {
		fn.Env = env
	}
	L.Push(fn)
	return 1
}

// openChunk opens a file, or the standard input where path is "".
func openChunk(path string) (io.ReadCloser, string, error) {
	if path == "" {
		return io.NopCloser(bufio.NewReader(os.Stdin)), "stdin", nil
	}
	f, err := os.Open(path)
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		err = fmt.Errorf("cannot open %s: %w", path, p.Err)
	}
	return f, path, err
}

func loadFile(L *lua.LState) int {
	f, name, err := openChunk(optText(L, 1, ""))
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	defer f.Close()
	return loaded(L, f, name, 2)
}

func doFile(L *lua.LState) int {
	f, name, err := openChunk(optText(L, 1, ""))
	if err != nil {
		L.RaiseError("%v", err)
	}
	defer f.Close()
	fn, err := Compile(L, f, name)
	if err != nil {
		L.Error(lua.LString(err.Error()), 0)
	}
	top := L.GetTop()
	L.Push(fn)
	L.Call(0, lua.MultRet)
	return L.GetTop() - top
}

// ChunkName shortens the name of a chunk as Lua's messages do.
func ChunkName(name string) string {
	if name != "" && (name[0] == '@' || name[0] == '=') {
		return name[1:]
	}
	const most = 60 - len(`[string "..."]`) - 1
	line, _, more := strings.Cut(name, "\n")
	if more || len(line) > most {
		line = line[:min(len(line), most)] + "..."
	}
	return `[string "` + line + `"]`
}
