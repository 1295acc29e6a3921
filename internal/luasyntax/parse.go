package luasyntax

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// SyntaxError says why Parse or Compile failed, in the words of Lua:
// "file:line: message near 'token'".
type SyntaxError struct {
	Message string

	// Incomplete is true if the source ended too early: with more lines it may
	// be valid.
	Incomplete bool
}

func (e *SyntaxError) Error() string { return e.Message }

// Parse returns the syntax tree of a Lua source. A first line that begins with
// '#', such as a shell's "#!...", is skipped. Errors call the source name; their
// type is *SyntaxError.
func Parse(source []byte, name string) ([]ast.Stmt, error) {
	switch {
	case bytes.HasPrefix(source, []byte("\x1b")):
		return nil, &SyntaxError{Message: name + ": is compiled bytecode, which only the Lua that made it can run: run the source"}
	case bytes.HasPrefix(source, []byte("#")):
		end := bytes.IndexByte(source, '\n')
		if end < 0 {
			end = len(source)
		}
		source = source[end:] // with the line's end: the other lines keep their numbers
	}
	block, err := parse.Parse(bytes.NewReader(unescape(source)), name)
	if err != nil {
		return nil, syntaxError(err, source, name)
	}
	w := walker{}
	if w.block(block); w.tooDeep > 0 {
		return nil, &SyntaxError{Message: fmt.Sprintf("%s:%d: chunk has too many syntax levels", name, w.tooDeep)}
	}
	return block, nil
}

// Cost returns about how many bytes of memory it takes to compile a source: 200 for
// each token, and what strings and comments hold.
func Cost(source []byte) int64 {
	const perToken = 200
	cost := int64(0)
	for _, p := range Parts(source) {
		if p.Kind != Code {
			cost += perToken + int64(len(p.Text))
			continue
		}
		cost += perToken * tokens(p.Text)
	}
	return cost
}

// tokens returns about how many tokens a piece of code has.
func tokens(code []byte) (n int64) {
	inWord := false
	for _, c := range code {
		isWord := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
		if strings.IndexByte(Space, c) < 0 && !(isWord && inWord) {
			n++
		}
		inWord = isWord
	}
	return n
}

// Compile compiles a Lua source, which Parse describes. Any number of states and
// goroutines may use what it returns. The error is a *SyntaxError.
func Compile(source []byte, name string) (*lua.FunctionProto, error) {
	block, err := Parse(source, name)
	if err != nil {
		return nil, err
	}
	repair(block)
	proto, err := lua.Compile(block, name)
	if err != nil {
		return nil, syntaxError(err, source, name)
	}
	return proto, nil
}

// syntaxError translates an error of gopher-lua's parser or compiler.
func syntaxError(err error, source []byte, name string) *SyntaxError {
	var (
		syntax  *parse.Error
		compile *lua.CompileError
	)
	switch {
	case errors.As(err, &syntax) && syntax.Pos.Line == parse.EOF:
		message := fmt.Sprintf("%s: %s near <eof>", name, syntax.Message)
		if literal := findLiteral(source, 1, math.MaxInt); literal != "" {
			return &SyntaxError{Message: message + ": " + LiteralHint(literal)}
		}
		return &SyntaxError{Message: message, Incomplete: true}
	case errors.As(err, &syntax):
		message := fmt.Sprintf("%s:%d: %s near '%s'", name, syntax.Pos.Line, syntax.Message, syntax.Token)
		// The parser stops at the token after the literal, which may stand on the
		// next line.
		if literal := findLiteral(source, syntax.Pos.Line-1, syntax.Pos.Line); literal != "" {
			message += ": " + LiteralHint(literal)
		}
		return &SyntaxError{Message: message}
	case errors.As(err, &compile):
		return &SyntaxError{Message: fmt.Sprintf("%s:%d: %s", name, compile.Line, compile.Message)}
	}
	return &SyntaxError{Message: strings.TrimSpace(err.Error())}
}

// ChunkName returns how Lua's messages call a Lua chunk that was loaded under a
// name: what follows a '@' or a '=', else the first line of the source.
func ChunkName(name string) string {
	if name != "" && (name[0] == '@' || name[0] == '=') {
		return name[1:]
	}
	const maxLength = 60 - len(`[string "..."]`) - 1 // LUA_IDSIZE of C
	line, _, more := strings.Cut(name, "\n")
	if more || len(line) > maxLength {
		line = line[:min(len(line), maxLength)] + "..."
	}
	return `[string "` + line + `"]`
}
