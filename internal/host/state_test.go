package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
)

func TestMain(m *testing.M) {
	if aside := os.Getenv(asideVariable); aside != "" { // the process of an attack
		if err := attackMain(aside); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	glua.CheckAtJumps() // before tests run side by side
	os.Exit(m.Run())
}

func newTestState(t testing.TB) (*State, *bytes.Buffer) {
	t.Helper()
	var buf bytes.Buffer
	out := NewOutput(&buf, nil)
	s := New(Options{Out: out, Exit: func(code int) { panic(fmt.Sprintf("exit %d", code)) }})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &buf
}

func runString(s *State, code string) error {
	chunk, err := s.LoadString(code, "t.lua")
	if err == nil {
		_, err = s.Call(chunk)
	}
	return err
}

// runFile runs a file of testdata.
func runFile(s *State, path string) error {
	chunk, err := s.LoadFile(filepath.Join("testdata", path))
	if err == nil {
		_, err = s.Call(chunk)
	}
	return err
}

func BenchmarkNewState(b *testing.B) {
	for _, c := range []struct {
		name     string
		minimize bool
	}{{"growing call stack", true}, {"whole call stack", false}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			o := luaOptions
			o.MinimizeStackMemory = c.minimize
			for range b.N {
				lua.NewState(o).Close()
			}
		})
	}
}
