package host

import (
	"fmt"
	"io"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/luasyntax"
)

// compile compiles Lua source for a state. The error is a *syntax.Error, or
// says that there is no room for the Lua chunk, or that the script is to end.
//
// Nothing can end the compiler early. If the script is to end, compile returns without
// it; as it works in memory that it was granted, it ends on its own.
func compile(L *lua.LState, source []byte, name string) (*lua.FunctionProto, error) {
	const quick = 64 << 10 // bytes that compile in some ms
	if len(source) < quick {
		return luasyntax.Compile(source, name)
	}
	if err := room.For(L, luasyntax.Cost(source)); err != nil {
		return nil, err
	}
	ctx := L.Context()
	if ctx == nil {
		return luasyntax.Compile(source, name)
	}
	type result struct {
		proto *lua.FunctionProto
		err   error
	}
	compiled := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				compiled <- result{err: fmt.Errorf("internal error: compile %s: %v", name, p)}
			}
		}()
		proto, err := luasyntax.Compile(source, name)
		compiled <- result{proto, err}
	}()
	select {
	case r := <-compiled:
		return r.proto, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// compileAll compiles the source that a reader holds. The error may also be the
// reader's.
func compileAll(L *lua.LState, r io.Reader, name string) (*lua.FunctionProto, error) {
	source, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return compile(L, source, name)
}
