package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChunksKeepTheFirst compiles a file once for all states.
func TestChunksKeepTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.lua")
	write := func(code string) {
		if err := os.WriteFile(path, []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	chunks := NewChunks()
	load := func() string {
		var out strings.Builder
		s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}, Chunks: chunks})
		defer s.Close()
		chunk, err := s.LoadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		results, err := s.Call(chunk)
		if err != nil || len(s.Files()) != 1 || s.Files()[0] != (LoadedFile{path, chunks.Sum(path)}) {
			t.Errorf("files %v, %v", s.Files(), err)
		}
		return results[0].Text()
	}
	write(`local n = ... return "first"`)
	sum := chunks.Sum(path)
	first := load()
	write(`return "second"`)
	if second := load(); first != "first" || second != "first" || chunks.Sum(path) != sum || len(sum) != 64 {
		t.Errorf("%q, %q, sum %q", first, second, sum)
	}
	if NewChunks().Sum(path) == sum || NewChunks().Sum(path+"x") != "" {
		t.Error("sums do not tell files apart")
	}
}
