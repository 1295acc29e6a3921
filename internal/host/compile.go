package host

import (
	"errors"
	"fmt"
	"io"

	"microts/internal/luavm"
	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// compile is code.Load for a state. The error may also say that there is no room for
// the Lua chunk, or that the script is to end.
//
// Nothing can end the compiler early. If the script is to end, compile returns without
// it; as it works in memory that it was granted, it ends on its own.
func (s *State) compile(source []byte, name code.Name) (*code.Proto, error) {
	const quick = 64 << 10 // bytes that compile in some ms
	if len(source) < quick {
		return code.Load(source, name)
	}
	if !s.Lua.Room(compileCost(source)) {
		return nil, errNoRoom
	}
	type result struct {
		proto *code.Proto
		err   error
	}
	compiled := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				compiled <- result{err: fmt.Errorf("internal error: compile %s: %v", name.Chunk, p)}
			}
		}()
		proto, err := code.Load(source, name)
		compiled <- result{proto, err}
	}()
	ctx := s.Lua.Context()
	select {
	case r := <-compiled:
		return r.proto, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errNoRoom = errors.New(luavm.NoRoom)

// compileCost returns about how many bytes of memory it takes to compile a source: 200 for
// each token, and what strings and comments hold.
func compileCost(source []byte) (n int) {
	const perToken = 200
	for t := range syntax.Tokens(source) {
		n += perToken
		switch t.Kind {
		case syntax.String, syntax.LongString, syntax.Comment:
			n += t.End - t.Start
		}
	}
	return n
}

// compileAll compiles the source that a reader holds. The error may also be the
// reader's.
func (s *State) compileAll(r io.Reader, name code.Name) (*code.Proto, error) {
	source, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return s.compile(source, name)
}

// isSourceError reports whether an error is one of the source.
func isSourceError(err error) bool {
	var s *syntax.Error
	var c *code.Error
	return errors.As(err, &s) || errors.As(err, &c) || err == code.ErrDump
}
