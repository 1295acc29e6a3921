package luavm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLanguage runs the programs of testdata, which cover a part of the language each, and
// wants what LuaJIT printed.
func TestLanguage(t *testing.T) {
	programs, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(programs) == 0 {
		t.Fatal("no programs:", err)
	}
	for _, path := range programs {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".lua") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			s, _ := newTestState(t, &out)
			openTestLibraries(s, &out)
			f, err := s.Load(source, "@"+filepath.Base(path), s.Globals)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Call(f.Value()); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != string(want) {
				t.Error(firstDifference(got, string(want)))
			}
		})
	}
}
