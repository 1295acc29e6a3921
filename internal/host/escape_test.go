package host

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"microts/internal/luavm"
)

// arena is where an attack takes place. Each attack runs in a process of its own, so
// that it may do to its process and its standard files what it likes.
type arena struct {
	dir    string // holds in and out
	in     string // the sandbox's folder; "link" in it leads to out, "filelink" to precious
	out    string // the working folder; has a file "precious" and folders "empty" and "tmp"
	aside  string // holds files of the test that no attack may touch
	before string // listing of dir
}

func newArena(t *testing.T) *arena {
	t.Helper()
	dir, err := os.MkdirTemp("", "arena") // t.TempDir names have parentheses, which the shell minds
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	a := &arena{dir: dir, in: filepath.Join(dir, "in"), out: filepath.Join(dir, "out"), aside: t.TempDir()}
	precious, tmp := filepath.Join(a.out, "precious"), filepath.Join(a.out, "tmp")
	longAgo := time.Unix(1e9, 0)
	for _, err := range []error{
		os.Mkdir(a.in, 0o755), os.Mkdir(a.out, 0o755), os.Mkdir(filepath.Join(a.out, "empty"), 0o755), os.Mkdir(tmp, 0o755),
		os.WriteFile(precious, []byte("as it was"), 0o644),
		os.WriteFile(filepath.Join(a.in, "own"), []byte("as it was"), 0o644),
		os.Symlink(a.out, filepath.Join(a.in, "link")),
		os.Symlink(precious, filepath.Join(a.in, "filelink")),
		os.Chtimes(tmp, longAgo, longAgo), // a file that is made and removed at once changes it
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	a.before = a.listing(t)
	return a
}

// listing says what is in the arena, but not what an attack newly made in the
// sandbox's folder.
func (a *arena) listing(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(a.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || strings.HasPrefix(path, a.in+"/") && !slices.Contains([]string{"own", "link", "filelink"}, d.Name()) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", path, info.Mode())
		if !d.IsDir() || d.Name() == "tmp" {
			fmt.Fprintf(&b, " %v", info.ModTime())
		}
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %q", text)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// difference shows how an attack changed the files of the arena: lines that it took
// with "-", lines that it brought with "+".
func (a *arena) difference(o *outcome) string {
	var b strings.Builder
	before, after := strings.Split(a.before, "\n"), strings.Split(o.listing, "\n")
	for _, line := range before {
		if !slices.Contains(after, line) {
			fmt.Fprintf(&b, "- %.200s\n", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			fmt.Fprintf(&b, "+ %.200s\n", line)
		}
	}
	return b.String()
}

// outcome is what an attack came to, as its process saw it.
type outcome struct {
	Returned string // the first value that the attack returned, unless it is nil or false
	Error    string // the error that it raised, or returned after nil

	Environment string // what os.Getenv says of attackedVariable
	Memory      string // what the process's memory says of memoryVariable
	Folder      string // the working folder

	// What the test itself sees.
	stdout, terminal string
	listing          string
}

const (
	attackedVariable = "MICROTS_TEST_ESCAPED"
	memoryVariable   = "MICROTS_TEST_MEMORY"
	asideVariable    = "MICROTS_TEST_ASIDE" // tells the test's process that it is to attack
	sandboxVariable  = "MICROTS_TEST_SANDBOX"
)

// effects says what an attack changed.
func (a *arena) effects(o *outcome) (all []string) {
	for _, c := range []struct{ effect, got, want string }{
		{"files", o.listing, a.before},
		{"environment", o.Environment, ""},
		{"memory", o.Memory, "intact"},
		{"folder", o.Folder, a.out},
		{"stdout", o.stdout, ""},
		{"terminal", o.terminal, ""},
	} {
		if c.got != c.want {
			all = append(all, c.effect)
		}
	}
	return all
}

// attack runs Lua code in a process of its own, in a sandbox or without one. In the
// code, IN and OUT stand for the folders of the arena.
func (a *arena) attack(t *testing.T, code string, boxed bool) *outcome {
	t.Helper()
	code = strings.NewReplacer("OUT", a.out, "IN", a.in).Replace(code)
	if err := os.WriteFile(filepath.Join(a.aside, "attack.lua"), []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Dir = a.out
	cmd.Env = append(os.Environ(), asideVariable+"="+a.aside, memoryVariable+"=intact", "TMPDIR="+filepath.Join(a.out, "tmp"),
		"GORACE=atexit_sleep_ms=0") // the race detector sleeps for a second before the end
	if boxed {
		cmd.Env = append(cmd.Env, sandboxVariable+"="+a.in)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	terminal := runInTerminal(t, cmd, &stderr)

	o := &outcome{stdout: stdout.String(), terminal: terminal, listing: a.listing(t)}
	text, err := os.ReadFile(filepath.Join(a.aside, "outcome"))
	if err == nil {
		err = json.Unmarshal(text, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// runInTerminal runs a program that has a terminal of its own, and returns what the
// program writes to it.
func runInTerminal(t *testing.T, cmd *exec.Cmd, stderr fmt.Stringer) string {
	t.Helper()
	ours, its, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	cmd.ExtraFiles = []*os.File{its}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3} // the first of ExtraFiles
	err = cmd.Run()
	its.Close()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	text, _ := io.ReadAll(ours) // ends with an error, because nobody has the other end
	return string(text)
}

// attackMain is the process of an attack.
func attackMain(aside string) error {
	options := Options{Out: NewOutput(io.Discard, nil), Exit: os.Exit}
	if dir := os.Getenv(sandboxVariable); dir != "" {
		box, err := NewSandbox(dir)
		if err != nil {
			return err
		}
		defer box.Close()
		options.Sandbox = box
	}
	s := New(options)
	o := attackState(s, filepath.Join(aside, "attack.lua"))
	if err := s.Close(); err != nil {
		return err
	}
	o.Environment = os.Getenv(attackedVariable)
	o.Folder, _ = os.Getwd()
	environment, err := os.ReadFile("/proc/self/environ")
	if err != nil {
		return err
	}
	for v := range strings.SplitSeq(string(environment), "\x00") {
		if value, ok := strings.CutPrefix(v, memoryVariable+"="); ok {
			o.Memory = value
		}
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(aside, "outcome"), text, 0o644)
}

// escapeLibrary is what attacks have at hand: try writes to a file that was opened,
// or passes on why it was not.
const escapeLibrary = `function try(file, ...)
	if not file then return file, ... end
	assert(file:write("escaped"))
	file:close()
	return true
end`

func attackState(s *State, path string) *outcome {
	if err := runString(s, escapeLibrary); err != nil {
		return &outcome{Error: err.Error()}
	}
	chunk, err := s.LoadFile(path)
	if err != nil {
		return &outcome{Error: err.Error()}
	}
	results, err := s.Call(chunk)
	switch {
	case err != nil:
		return &outcome{Error: err.Error()}
	case len(results) == 0:
		return &outcome{}
	case results[0].Truth():
		return &outcome{Returned: luavm.PlainString(results[0])}
	case len(results) == 1:
		return &outcome{}
	}
	return &outcome{Error: luavm.PlainString(results[1])}
}
