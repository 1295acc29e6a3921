package luafile_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/luafile"
	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/stdio"
)

// script is a state with the library io.
type script struct {
	*luavm.State
	io      *luafile.Library
	out     bytes.Buffer // what print has printed
	end     context.CancelCauseFunc
	unwatch func() // so that the state can go on
}

// newScript makes a script. input is its standard input; its standard output and error are
// the files out and err of the current folder.
func newScript(t testing.TB, input string) *script {
	t.Helper()
	s := &script{State: luavm.NewState()}
	luavm.OpenBase(s.State, &s.out)
	lib.Open(s.State)
	lib.OpenPackage(s.State, lib.PackageOptions{})
	ctx, end := context.WithCancelCause(context.Background())
	s.end, s.unwatch = end, s.Watch(ctx)
	t.Cleanup(func() { end(nil) })
	s.io = luafile.Open(s.State, luafile.Options{
		Stdin:   device(t, "in", input),
		Stdout:  device(t, "out", ""),
		Stderr:  device(t, "err", ""),
		Program: func(command string) *exec.Cmd { return exec.CommandContext(s.Context(), "sh", "-c", command) },
		Start:   func(command *exec.Cmd) (func(), error) { return func() {}, command.Start() },
		Writable: func(path string) (string, error) {
			if path == "forbidden" {
				return "", os.ErrPermission
			}
			return path, nil
		},
	})
	return s
}

// device makes a file of the current folder that holds a text, and opens it.
func device(t testing.TB, name, text string) stdio.Device {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return stdio.NewOSDevice(f)
}

// do runs a source with arguments and returns what it returns.
func (s *script) do(source, name string, args ...luavm.Value) ([]luavm.Value, error) {
	f, err := s.Load([]byte(source), name, s.Globals)
	if err != nil {
		return nil, err
	}
	return s.Call(f.Value(), args...)
}

// run runs a source in a new temporary folder, and returns what it printed.
func run(t *testing.T, source, name, input string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	s := newScript(t, input)
	if _, err := s.do(source, name); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if err := s.io.Close(0); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return s.out.String()
}

// TestPrintsWhatLuaJITPrints runs testdata/*.lua. What LuaJIT 2.1.0-beta3 prints for x.lua
// is in x.out. To record, in an empty folder that has a copy of x.lua:
//
//	luajit x.lua <x.lua >x.out
func TestPrintsWhatLuaJITPrints(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal(scripts, err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			source, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(script, ".lua") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, run(t, string(source), "@"+filepath.Base(script), string(source)), string(want))
		})
	}
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d is\n\t%s\nand in LuaJIT\n\t%s", i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, and in LuaJIT %d", len(g), len(w))
	}
}
