package host

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
)

// Chunks keeps what files were compiled to, so that many states that run the
// same scripts compile each once, and all run what the file held at first. Any
// number of goroutines may share it.
type Chunks struct {
	mu   sync.Mutex
	file map[string]*chunk
}

// chunk is a file as it was when it was first read.
type chunk struct {
	once  sync.Once
	proto *lua.FunctionProto
	sum   string
	err   error
}

// NewChunks makes an empty Chunks.
func NewChunks() *Chunks { return &Chunks{file: map[string]*chunk{}} }

func (c *Chunks) get(path string) *chunk {
	c.mu.Lock()
	f := c.file[path]
	if f == nil {
		f = &chunk{}
		c.file[path] = f
	}
	c.mu.Unlock()
	f.once.Do(func() { f.read(path) })
	return f
}

func (f *chunk) read(path string) {
	var source []byte
	if source, f.err = os.ReadFile(path); f.err == nil {
		sum := sha256.Sum256(source)
		f.sum = hex.EncodeToString(sum[:])
		f.proto, f.err = compat.CompileSource(source, path)
	}
}

// compile returns what the file at path is compiled to. A nil Chunks keeps
// nothing.
func (c *Chunks) compile(path string) (*lua.FunctionProto, error) {
	f := &chunk{}
	if c == nil {
		f.read(path)
	} else {
		f = c.get(path)
	}
	return f.proto, f.err
}

// Sum returns the SHA-256 of a file in hexadecimal, as it was when it was first
// read; "" where it cannot be read.
func (c *Chunks) Sum(path string) string { return c.get(path).sum }
