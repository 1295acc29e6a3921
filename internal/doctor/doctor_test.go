package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A line of a file in testdata that ends with "--> text" is a finding whose message
// holds the text; one that ends with "--? text" is a note. A line may have several.
// All other lines are none.

// marked returns the findings that the lines of a file are marked with.
func marked(t *testing.T, path string) (all []Finding) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(source), "\n") {
		for _, mark := range strings.Split(line, " --")[1:] {
			kind, message, _ := strings.Cut(mark, " ")
			if kind == ">" || kind == "?" {
				all = append(all, Finding{File: path, Line: i + 1, Message: message, Note: kind == "?"})
			}
		}
	}
	return all
}

// TestFindings examines the files testdata/*.lua, and those that they require.
func TestFindings(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal(scripts, err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".lua"), func(t *testing.T) {
			got, err := Examine(script)
			if err != nil {
				t.Fatal(err)
			}
			files := []string{script}
			for _, f := range got {
				f.File = filepath.Clean(f.File)
				if !slices.Contains(files, f.File) {
					files = append(files, f.File)
				}
			}
			var want []Finding
			for _, path := range files {
				want = append(want, marked(t, path)...)
			}
			for i := range max(len(got), len(want)) {
				switch {
				case i >= len(got):
					t.Errorf("not found: %v", want[i])
				case i >= len(want):
					t.Errorf("found in vain: %v", got[i])
				case !matches(got[i], want[i]):
					t.Errorf("found  %v\nwanted %v", got[i], want[i])
				}
			}
		})
	}
}

func matches(got, want Finding) bool {
	return filepath.Clean(got.File) == want.File && got.Line == want.Line && got.Note == want.Note && strings.Contains(got.Message, want.Message)
}

// TestRequiredFilesAreExamined: modules.lua has findings in two files that it loads.
func TestRequiredFilesAreExamined(t *testing.T) {
	got, err := Examine("testdata/modules.lua")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range got {
		files = append(files, filepath.Clean(f.File))
	}
	if files = slices.Compact(files); fmt.Sprint(files) != "[testdata/modules.lua testdata/lib/more.lua testdata/lib/loaded.lua]" {
		t.Errorf("findings are in %v", files)
	}
}

func TestUnfinishedScript(t *testing.T) {
	got, err := Examine("testdata/unfinished.txt")
	if err != nil || len(got) != 1 || got[0].Line != 4 || got[0].Note {
		t.Errorf("%v, %v", got, err)
	}
	if want := "testdata/unfinished.txt:4: unexpected symbol near '<eof>'"; got[0].String() != want {
		t.Errorf("%q is not %q", got[0], want)
	}
}

func TestBytecode(t *testing.T) {
	script := filepath.Join(t.TempDir(), "compiled.lua")
	if err := os.WriteFile(script, []byte("\x1bLJ\x02\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := Examine(script)
	if err != nil || len(got) != 1 || !strings.Contains(got[0].Message, "is compiled bytecode") {
		t.Errorf("%v, %v", got, err)
	}
}

func TestMissingScriptIsAnError(t *testing.T) {
	got, err := Examine("testdata/none.lua")
	if err == nil || err.Error() != "cannot open testdata/none.lua: no such file or directory" || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestUnreadableFileIsAFinding: a folder can be opened and not read.
func TestUnreadableFileIsAFinding(t *testing.T) {
	got, err := Examine("testdata/lib")
	if err != nil || len(got) != 1 || got[0].Line != 0 || got[0].Note || !strings.Contains(got[0].Message, "is a directory") {
		t.Errorf("%v, %v", got, err)
	}
}

// TestNothingRuns: a script that is examined is not run.
func TestNothingRuns(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "s.lua")
	if err := os.WriteFile(script, fmt.Appendf(nil, "io.open(%q, 'w'):close()", ran), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Examine(script); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("it ran")
	}
}

func TestFindingString(t *testing.T) {
	for want, f := range map[string]Finding{
		"a.lua:3: m":       {File: "a.lua", Line: 3, Message: "m"},
		"a.lua: m":         {File: "a.lua", Message: "m"},
		"a.lua:3: note: m": {File: "a.lua", Line: 3, Message: "m", Note: true},
	} {
		if f.String() != want {
			t.Errorf("%q is not %q", f, want)
		}
	}
}
