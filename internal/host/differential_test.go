package host

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record anew what LuaJIT and Lua 5.1 answer to the snippets")

// snippet is a piece of Lua and what it returns. A file testdata/differential/*.txt
// holds snippets with empty lines between them. The lines after the code are:
//
//	=> the answer of LuaJIT; in files *-5.3.txt that of Lua 5.3
//	5> the answer of Lua 5.1, when it differs from LuaJIT's
//	!> our answer, when it differs from LuaJIT's
//	-- why ours differs
type snippet struct {
	code, luajit, lua51, ours, why string
}

// wantOurs returns what we are to answer.
func (s *snippet) wantOurs() string {
	if s.ours != "" {
		return s.ours
	}
	return s.luajit
}

// wantLua51 returns what Lua 5.1 is to answer.
func (s *snippet) wantLua51() string {
	if s.lua51 != "" {
		return s.lua51
	}
	return s.luajit
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

// answers returns what another Lua, which command runs, answers to snippets.
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

// snippetFile writes the code of snippets as the driver reads it.
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

// ourAnswers returns what the host answers to snippets.
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
	return strings.Split(results[0].Text(), "\x01")
}

// TestDifferential compares what the host answers with what LuaJIT answered. Where
// LuaJIT and Lua 5.1 are installed, it also compares what they answer now with what
// was recorded.
func TestDifferential(t *testing.T) {
	files, err := filepath.Glob("testdata/differential/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			all := readSnippets(t, file)
			if *update {
				record(t, file, all)
				writeSnippets(t, file, all)
			} else {
				compare(t, all, ourAnswers(t, all), "we answer", (*snippet).wantOurs)
				compareOthers(t, file, all)
			}
			for _, s := range all {
				if s.ours != "" && s.why == "" {
					t.Errorf("%s\ndiffers from LuaJIT, and nothing says why:\n  ours %s\nLuaJIT %s", s.code, s.ours, s.luajit)
				}
			}
		})
	}
}

// others returns the commands of the Luas that answer the snippets of a file; second
// is "" when there is only one.
func others(file string) (first, second string) {
	if strings.HasSuffix(file, "-5.3.txt") {
		return "lua5.3", ""
	}
	return "luajit", "lua5.1"
}

// record sets what all Luas answer now.
func record(t *testing.T, file string, all []*snippet) {
	t.Helper()
	first, second := others(file)
	for i, a := range answers(t, first, all) {
		all[i].luajit = a
	}
	if second != "" {
		for i, a := range answers(t, second, all) {
			if all[i].lua51 = a; a == all[i].luajit {
				all[i].lua51 = ""
			}
		}
	}
	for i, a := range ourAnswers(t, all) {
		if all[i].ours = a; a == all[i].luajit {
			all[i].ours, all[i].why = "", ""
		}
	}
}

// compareOthers compares what the other Luas answer with what was recorded of them,
// unless they are not installed, or lack the modules that the snippets need.
func compareOthers(t *testing.T, file string, all []*snippet) {
	t.Helper()
	name := filepath.Base(file)
	if name == "cjson.txt" || name == "modules.txt" {
		return
	}
	first, second := others(file)
	if _, err := exec.LookPath(first); err == nil {
		compare(t, all, answers(t, first, all), first+" answers", func(s *snippet) string { return s.luajit })
	}
	if _, err := exec.LookPath(second); err == nil && name != "bit.txt" {
		compare(t, all, answers(t, second, all), second+" answers", (*snippet).wantLua51)
	}
}

// compare requires that snippets have the answers that want returns.
func compare(t *testing.T, all []*snippet, got []string, who string, want func(*snippet) string) {
	t.Helper()
	for i, s := range all {
		if w := want(s); got[i] != w {
			t.Errorf("%s\n%s\n got %s\nwant %s", s.code, who, got[i], w)
		}
	}
}
