package host

import (
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
)

// readSource reads a file of Lua source for a state. A device or a pipe may hold more
// than the state has room for, or never end; see sourceReader.
func readSource(L *lua.LState, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(&sourceReader{L: L, r: f})
}

// sourceReader reads Lua source for a state. It returns an error when the source is
// larger than the state's memory limit, and when the state's context is done.
type sourceReader struct {
	L *lua.LState
	r io.Reader
	n int64 // bytes read
}

func (s *sourceReader) Read(p []byte) (int, error) {
	if ctx := s.L.Context(); ctx != nil && ctx.Err() != nil {
		return 0, ctx.Err()
	}
	n, err := s.r.Read(p)
	s.n += int64(n)
	if noRoom := room.For(s.L, s.n); noRoom != nil {
		return n, noRoom
	}
	return n, err
}
