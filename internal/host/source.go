package host

import (
	"io"

	"microts/internal/stdio"
)

// readSource reads a file of Lua source for the state. A device or a pipe may hold more
// than the state has room for, or never end; see sourceReader.
func (s *State) readSource(path string) ([]byte, error) {
	f, err := stdio.Open(s.Lua.Context(), path, stdio.Mode{Read: true})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(&sourceReader{state: s, r: contextReader{s, f}})
}

// contextReader reads a file until the context of the state is done, even while the file
// is a pipe or a terminal that has nothing to read.
type contextReader struct {
	state *State
	file  *stdio.OSDevice
}

func (r contextReader) Read(p []byte) (int, error) { return r.file.Read(r.state.Lua.Context(), p) }

// sourceReader reads Lua source for a state. It returns an error when the source is
// larger than the state's memory limit, and when the state's context is done.
type sourceReader struct {
	state *State
	r     io.Reader
	n     int // bytes read
	room  int // bytes that the state has room for
}

func (r *sourceReader) Read(p []byte) (int, error) {
	if err := r.state.Lua.Context().Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	if r.n += n; r.n > r.room {
		if r.room = 2 * r.n; !r.state.Lua.Room(r.room) {
			return n, errNoRoom
		}
	}
	return n, err
}
