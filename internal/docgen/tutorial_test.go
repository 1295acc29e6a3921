package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tutorials are the pages whose commands TestTutorial runs.
var tutorials = []string{"docs/tutorial.md", "docs/zh/tutorial.md"}

var (
	scriptOf = regexp.MustCompile("(?ms)^```lua\n-- ([a-z_]+\\.lua): .*?^```$")
	console  = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")
	// measured is what differs from run to run.
	measured = regexp.MustCompile(`[0-9.]+ (s|ms)\b|[0-9.]+[kM]? rows/s`)
)

// TestTutorial runs each command of the tutorial, in order and in one folder, and compares
// what it prints. The scripts on the page are those of examples/toolkit.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("the long form runs what the documents show")
	}
	examples, err := filepath.Abs(filepath.Join(root, "examples", "toolkit"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tutorials {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			scripts := scriptOf.FindAllStringSubmatch(string(text), -1)
			for _, s := range scripts {
				want, err := os.ReadFile(filepath.Join(examples, s[1]))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(s[0], "\n"+string(want)+"```") {
					t.Errorf("the page's %s is not that of examples/toolkit", s[1])
				}
				writeFile(t, s[1], string(want))
			}
			blocks := console.FindAllStringSubmatch(string(text), -1)
			if len(scripts) == 0 || len(blocks) == 0 {
				t.Fatal("the page has no scripts, or no commands")
			}
			for _, b := range blocks {
				if got := runConsole(t, b[1]); measured.ReplaceAllString(got, "TIME") != measured.ReplaceAllString(b[1], "TIME") {
					t.Errorf("the page has\n%s\nand the commands print\n%s", b[1], got)
				}
			}
		})
	}
}

// runConsole runs the commands of a block, its lines that begin with $, and returns the
// block with what they print.
func runConsole(t *testing.T, block string) string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(bin, "microts")); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
		if !ok {
			continue
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Env = append(os.Environ(), asMicrots+"=1", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		text.WriteString("$ " + command + "\n")
		for line := range strings.Lines(string(out)) {
			text.WriteString(strings.TrimRight(line, " \n") + "\n")
		}
	}
	return text.String()
}
