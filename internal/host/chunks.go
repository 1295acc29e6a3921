package host

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
)

// Chunks keeps the Lua chunks of files for many states that run the same scripts.
// Each file is read and compiled once. Until the process ends all states run what
// the file held then, even if it changes. A file that cannot be read is tried
// again at the next load. Any number of goroutines may share a Chunks.
type Chunks struct {
	mu    sync.Mutex
	files map[place]*chunk
}

// place is where a file is. The folder is the working directory if the path is
// relative: the script may change it.
type place struct{ folder, path string }

// chunk is the Lua chunk of a file as it was when it was first read.
type chunk struct {
	mu    sync.Mutex // held while the file is read
	read  bool
	proto *lua.FunctionProto
	sum   string // SHA-256 in hexadecimal
	err   error  // a *luasyntax.SyntaxError or nil
}

// NewChunks makes an empty Chunks.
func NewChunks() *Chunks { return &Chunks{files: map[place]*chunk{}} }

// compile returns the Lua chunk of a file. Errors call the file path. The error is
// a *luasyntax.SyntaxError, or the *os.PathError of a file that cannot be read. A
// nil Chunks keeps nothing.
func (c *Chunks) compile(path string) (*lua.FunctionProto, error) {
	f := &chunk{}
	if c != nil {
		f = c.at(path)
	}
	if err := f.readOnce(path); err != nil {
		return nil, err
	}
	return f.proto, f.err
}

// Sum returns the SHA-256 of a file in hexadecimal, as the file was when it was
// first read; "" if it cannot be read.
func (c *Chunks) Sum(path string) string {
	f := c.at(path)
	if f.readOnce(path) != nil {
		return ""
	}
	return f.sum
}

func (c *Chunks) at(path string) *chunk {
	key := place{path: path}
	if !filepath.IsAbs(path) {
		key.folder, _ = os.Getwd() // "" if the folder is gone, as are its files
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.files[key]
	if f == nil {
		f = &chunk{}
		c.files[key] = f
	}
	return f
}

// readOnce reads and compiles the file unless that was done. The error says why the
// file cannot be read.
func (f *chunk) readOnce(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.read {
		return nil
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(source)
	f.sum = hex.EncodeToString(sum[:])
	f.proto, f.err = luasyntax.Compile(source, path)
	f.read = true
	return nil
}
