package host

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

var update = flag.Bool("update", false, "record anew what LuaJIT and Lua 5.1 answer to the snippets")

// A file testdata/differential/*.txt holds snippets of Lua, with empty lines
// between, and what they return:
//
//	=> LuaJIT's answer; in files *-5.3.txt that of Lua 5.3
//	5> Lua 5.1's, where it is another
//	!> ours, where it is another than LuaJIT's
//	-- why, which every !> has
type snippet struct {
	code, luajit, lua51, ours, why string
}

func readSnippets(t *testing.T, path string) (all []*snippet) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		s := &snippet{}
		var code []string
		answered := false
		for line := range strings.SplitSeq(block, "\n") {
			mark, rest, _ := strings.Cut(line, " ")
			switch {
			case mark == "=>":
				s.luajit, answered = rest, true
			case mark == "5>":
				s.lua51 = rest
			case mark == "!>":
				s.ours = rest
			case mark == "--" && answered:
				s.why = rest
			default:
				code = append(code, line)
			}
		}
		s.code = strings.Join(code, "\n")
		all = append(all, s)
	}
	return all
}

// write writes the file anew.
func writeSnippets(t *testing.T, path string, all []*snippet) {
	t.Helper()
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.code + "\n=> " + s.luajit + "\n")
		for _, l := range []struct{ mark, text string }{{"5> ", s.lua51}, {"!> ", s.ours}, {"-- ", s.why}} {
			if l.text != "" {
				b.WriteString(l.mark + l.text + "\n")
			}
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

const driver = "testdata/differential/driver.lua"

// answers runs snippets with another Lua.
func answers(t *testing.T, command string, all []*snippet) []string {
	t.Helper()
	input := snippetFile(t, all)
	cmd := exec.Command(command, "-e", `arg = {[0] = "", "`+input+`"} io.write(dofile("`+driver+`"))`)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, stderr.String())
	}
	return strings.Split(string(out), "\x01")
}

func snippetFile(t *testing.T, all []*snippet) string {
	t.Helper()
	var codes []string
	for _, s := range all {
		codes = append(codes, s.code)
	}
	input := filepath.Join(t.TempDir(), "snippets")
	if err := os.WriteFile(input, []byte(strings.Join(codes, "\x01")), 0o644); err != nil {
		t.Fatal(err)
	}
	return input
}

// ourAnswers runs snippets on the host.
func ourAnswers(t *testing.T, all []*snippet) []string {
	t.Helper()
	s, _ := newTestState(t)
	s.SetArgs([]string{driver, snippetFile(t, all)}, 0)
	chunk, err := s.LoadFile(driver)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Call(chunk)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(lua.LVAsString(results[0]), "\x01")
}

// TestDifferential compares the host with what LuaJIT answered, and, where they
// are installed, what LuaJIT and Lua 5.1 answer now with what was recorded.
func TestDifferential(t *testing.T) {
	files, err := filepath.Glob("testdata/differential/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			all := readSnippets(t, file)
			reference, second := "luajit", "lua5.1"
			if strings.HasSuffix(file, "-5.3.txt") { // what LuaJIT has not
				reference, second = "lua5.3", ""
			}
			if *update {
				for i, a := range answers(t, reference, all) {
					all[i].luajit = a
				}
				if second != "" {
					for i, a := range answers(t, second, all) {
						if all[i].lua51 = a; a == all[i].luajit {
							all[i].lua51 = ""
						}
					}
				}
			}
			for i, got := range ourAnswers(t, all) {
				s := all[i]
				want := s.luajit
				if s.ours != "" {
					want = s.ours
				}
				switch {
				case *update && got == s.luajit:
					s.ours, s.why = "", ""
				case *update:
					s.ours = got
				case got != want:
					t.Errorf("%s\n got %s\nwant %s", s.code, got, want)
				}
				if s.ours != "" && s.why == "" {
					t.Errorf("%s\ndiffers from LuaJIT, and nothing says why:\n  ours %s\nLuaJIT %s", s.code, got, s.luajit)
				}
			}
			if *update {
				writeSnippets(t, file, all)
				return
			}
			check := func(command string, want func(*snippet) string) {
				for i, got := range answers(t, command, all) {
					if w := want(all[i]); got != w {
						t.Errorf("%s\n%s answers %s\n recorded %s", all[i].code, command, got, w)
					}
				}
			}
			// Modules of the other Luas are packages of their own.
			name := filepath.Base(file)
			packages := name == "cjson.txt" || name == "modules.txt"
			if _, err := exec.LookPath(reference); err == nil && !packages {
				check(reference, func(s *snippet) string { return s.luajit })
			}
			if _, err := exec.LookPath(second); err == nil && !packages && name != "bit.txt" {
				check(second, func(s *snippet) string {
					if s.lua51 != "" {
						return s.lua51
					}
					return s.luajit
				})
			}
		})
	}
}
