package host

import (
	"io"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/stdio"
)

// readSource reads a file of Lua source for a state. A device or a pipe may hold more
// than the state has room for, or never end; see sourceReader.
func readSource(L *lua.LState, path string) ([]byte, error) {
	f, err := stdio.Open(L.Context(), path, stdio.Mode{Read: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(&sourceReader{L: L, r: contextReader{L, f}})
}

// contextReader reads a file until the context of the state is done, even while the file
// is a pipe or a terminal that has nothing to read.
type contextReader struct {
	L    *lua.LState
	file *stdio.OSDevice
}

func (r contextReader) Read(p []byte) (int, error) { return r.file.Read(r.L.Context(), p) }

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
