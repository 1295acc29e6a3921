package compat

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/source"
	"microts/luabind"
)

// newState returns a state as the host makes it, apart from its input and output.
func newState(t testing.TB) *luavm.State {
	t.Helper()
	return newStateTo(t, io.Discard)
}

// newStateTo is newState of a state that prints to out.
func newStateTo(t testing.TB, out io.Writer) *luavm.State {
	t.Helper()
	s := luavm.NewState()
	luavm.OpenBase(s, out)
	lib.Open(s)
	lib.OpenPackage(s, lib.PackageOptions{})
	Open(s)
	module := luabind.Open(s, source.NewEnv())
	t.Cleanup(func() {
		if err := module.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run runs a script, which raises an error if it finds something wrong.
func run(s *luavm.State, source, name string) ([]luavm.Value, error) {
	f, err := s.Load([]byte(source), name, s.Globals)
	if err != nil {
		return nil, err
	}
	return s.Call(f.Value())
}

// compress returns a text as gzip or zstd writes it, or as it is.
func compress(t testing.TB, format, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch format {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return []byte(text)
	}
	_, err := io.WriteString(w, text)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLua runs the files testdata/*.lua, each in a state of its own. If there is a file
// *.out, the script prints what is in it.
func TestLua(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			var out strings.Builder
			s := newStateTo(t, &out)
			s.Globals.SetString("tmp", luavm.Part(t.TempDir()))
			s.Globals.SetString("write", luavm.NewFunction("write", func(c *luavm.Call) {
				if err := os.WriteFile(c.String(1), []byte(c.String(2)), 0o600); err != nil {
					c.Errorf("%v", err)
				}
				c.Return()
			}).Value())
			s.Globals.SetString("compress", luavm.NewFunction("compress", func(c *luavm.Call) {
				c.Return(luavm.OwnText(compress(t, c.String(1), c.String(2))))
			}).Value())
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run(s, string(source), "@"+filepath.Base(path)); err != nil {
				t.Error(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".lua") + ".out")
			if err == nil {
				compareLines(t, out.String(), string(want))
			}
		})
	}
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		t.Errorf("%d lines, not %d", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d is\n\t%s\nnot\n\t%s", i+1, g[i], w[i])
		}
	}
}
