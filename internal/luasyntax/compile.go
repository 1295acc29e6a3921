package luasyntax

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/syntax"
)

// Compile compiles a Lua source, which errors call name. Any number of states and
// goroutines may use what it returns. The error is a *syntax.Error: LuaJIT's, or one
// that says what gopher-lua cannot compile.
func Compile(source []byte, name string) (*lua.FunctionProto, error) {
	chunk, err := syntax.Parse(source, name)
	if err != nil {
		return nil, err
	}
	block, err := translate(chunk, name)
	if err != nil {
		return nil, err
	}
	repair(block)
	proto, err := lua.Compile(block, name)
	if refused := (*lua.CompileError)(nil); errors.As(err, &refused) {
		return nil, refusal(refused, name)
	}
	return proto, err
}

// refusal says why gopher-lua's compiler refuses what LuaJIT accepts.
func refusal(e *lua.CompileError, name string) *syntax.Error {
	message := e.Message + ": it is valid Lua, but microts cannot compile it"
	switch {
	case strings.Contains(e.Message, "register"), strings.Contains(e.Message, "local variables"):
		message = "function has too many local variables and intermediate values: microts has room for 200, keep them in a table"
	case strings.Contains(e.Message, "constants"), strings.Contains(e.Message, "jump"):
		message = "function is too long for microts: split it"
	}
	return &syntax.Error{Chunk: name, Line: syntax.Line(e.Line), Message: message}
}
