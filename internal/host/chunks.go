package host

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"

	"microts/internal/luavm/code"
)

// Chunks keeps the Lua chunks of files for many states that run the same scripts, so
// that each file is compiled once. Scripts and modules stay what they were when they
// were first read, even if the file changes: all jobs of a batch run the same code.
// Files that a script loads with loadfile and dofile may be data that another job
// has just written: they are read each time, and compiled again if they changed.
//
// A file that cannot be read is tried again at the next load. Any number of
// goroutines may share a Chunks.
type Chunks struct {
	mu    sync.Mutex
	files map[place]*file
	bytes int // of the sources whose Lua chunks are kept
}

// mostKept is how many bytes of source Chunks keeps the Lua chunks of, besides those
// of scripts and modules.
const mostKept = 64 << 20

// place is where a file is. The folder is the working directory if the path is
// relative: the script may change it.
type place struct{ folder, path string }

// file is a file of which Chunks keeps the Lua chunk.
type file struct {
	mu    sync.Mutex // held while the file is read
	chunk *chunk     // nil: not read yet
}

// chunk is the Lua chunk of a source.
type chunk struct {
	proto *code.Proto
	sum   string // SHA-256 of the source, in hexadecimal
	size  int    // bytes of source
	err   error  // of the source, or nil
}

// compiler reads and compiles files.
type compiler struct {
	read    func(path string) ([]byte, error)                        // as os.ReadFile
	compile func(source []byte, name code.Name) (*code.Proto, error) // as code.Load
}

// NewChunks makes an empty Chunks.
func NewChunks() *Chunks { return &Chunks{files: map[place]*file{}} }

// Sum returns the SHA-256 of a script or module in hexadecimal, as it was when it was
// first read; "" if it cannot be read.
func (c *Chunks) Sum(path string) string {
	chunk, err := c.first(path, compiler{os.ReadFile, code.Load})
	if err != nil {
		return ""
	}
	return chunk.sum
}

// Check compiles a script, if Sum or a State has not done so yet. The error is a
// *ScriptError of the source; a file that cannot be read is no error.
func (c *Chunks) Check(path string) error {
	chunk, err := c.first(path, compiler{os.ReadFile, code.Load})
	if err != nil || chunk.err == nil {
		return nil
	}
	return loadError(chunk.err)
}

// first returns the Lua chunk of a file as it was when it was first read. Errors in it
// call the file path. The error that first returns is the *os.PathError of a file that
// cannot be read, or another error of with. A nil Chunks keeps nothing.
func (c *Chunks) first(path string, with compiler) (*chunk, error) {
	if c == nil {
		return readChunk(path, with, nil)
	}
	f := c.at(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.chunk != nil {
		return f.chunk, nil
	}
	var err error
	f.chunk, err = readChunk(path, with, nil)
	return f.chunk, err
}

// current is first of a file as it is now.
func (c *Chunks) current(path string, with compiler) (*chunk, error) {
	if c == nil {
		return readChunk(path, with, nil)
	}
	f := c.at(path)
	f.mu.Lock()
	known := f.chunk
	f.mu.Unlock()
	now, err := readChunk(path, with, known)
	if err == nil && known == nil {
		c.keep(f, now)
	}
	return now, err
}

// keep keeps a Lua chunk of a file that has none, if there is room.
func (c *Chunks) keep(f *file, now *chunk) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.chunk == nil && c.reserve(now.size) {
		f.chunk = now
	}
}

// reserve counts size bytes of source, if there is room for them.
func (c *Chunks) reserve(size int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes+size > mostKept {
		return false
	}
	c.bytes += size
	return true
}

func (c *Chunks) at(path string) *file {
	key := place{path: path}
	if !filepath.IsAbs(path) {
		key.folder, _ = os.Getwd() // "" if the folder is gone, as are its files
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.files[key]
	if f == nil {
		f = &file{}
		c.files[key] = f
	}
	return f
}

// readChunk reads a file and compiles it, unless known is of the same source.
func readChunk(path string, with compiler, known *chunk) (*chunk, error) {
	source, err := with.read(path)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(source)
	sum := hex.EncodeToString(hash[:])
	if known != nil && known.sum == sum {
		return known, nil
	}
	proto, err := with.compile(source, code.FileName(path))
	if err != nil && !isSourceError(err) {
		return nil, err
	}
	return &chunk{proto, sum, len(source), err}, nil
}
