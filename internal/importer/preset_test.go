package importer

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPresets: the files of each preset are recognized, and their ticks are those of the
// golden file.
func TestPresets(t *testing.T) {
	folders, err := filepath.Glob("testdata/presets/*")
	if err != nil {
		t.Fatal(err)
	}
	var tested []string
	for _, folder := range folders {
		preset := filepath.Base(folder)
		tested = append(tested, preset)
		files, err := filepath.Glob(folder + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, ".golden") {
				continue
			}
			t.Run(preset+"/"+filepath.Base(file), func(t *testing.T) {
				g, err := GuessFile(context.Background(), file, Options{}, 100)
				if err != nil {
					t.Fatal(err)
				}
				if g.Preset != preset {
					t.Errorf("it is taken for a file of %s", g.Preset)
				}
				db := openDB(t)
				if _, err := Import(context.Background(), db, Options{Files: []string{file}}); err != nil {
					t.Fatal(err)
				}
				checkGolden(t, file+".golden", dump(t, db))
				if n := strings.Count(dump(t, db), "\n"); n != len(g.Ticks) || len(g.Bad) > 0 {
					t.Errorf("Guess makes %d ticks and %d bad rows, Import %d ticks", len(g.Ticks), len(g.Bad), n)
				}
			})
		}
	}
	for _, name := range presetNames() {
		if !slices.Contains(tested, name) {
			t.Errorf("no file tests the preset %s", name)
		}
	}
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestPresetsAreWhole: each has what a reader of the documents needs, and its expressions
// are expressions.
func TestPresetsAreWhole(t *testing.T) {
	for _, p := range Presets {
		if p.Name == "" || p.About == "" || p.Source == "" && p.Name != "plain" {
			t.Errorf("%q lacks its name, what it is for, or its source", p.Name)
		}
		for field, exprs := range p.Map {
			if !slices.Contains(Fields, field) {
				t.Errorf("%s: there is no field %s", p.Name, field)
			}
			for _, src := range exprs {
				if src == "?" {
					continue
				}
				if _, err := parseExpr(src); err != nil {
					t.Errorf("%s: %s: %v", p.Name, field, err)
				}
			}
		}
		for _, field := range []string{"code", "ts", "price"} {
			if len(p.Map[field]) == 0 && !(field == "price" && p.Name == symbolPreset) {
				t.Errorf("%s does not make %s; it makes %v", p.Name, field, slices.Sorted(maps.Keys(p.Map)))
			}
		}
	}
	if err := (&Options{Files: []string{"x"}, Preset: "tushare-mni"}).checkError(); fmt.Sprint(err) != `preset: unknown "tushare-mni"; did you mean "tushare-min"?` {
		t.Error(err)
	}
}

// checkError returns what is wrong with options.
func (o *Options) checkError() error {
	_, err := o.check()
	return err
}
