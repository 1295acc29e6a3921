package host

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestMain(m *testing.M) {
	if aside := os.Getenv(asideVariable); aside != "" { // the process of an attack
		if err := attackMain(aside); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
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
	b.ReportAllocs()
	for range b.N {
		s := New(Options{Out: NewOutput(io.Discard, nil), Exit: func(int) {}})
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
