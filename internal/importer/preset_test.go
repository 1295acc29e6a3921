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

// TestCTP: what CTP sends has two dates, of which one, in the night, is not the day of the
// time; which one depends on the exchange. No preset guesses.
func TestCTP(t *testing.T) {
	path := write(t, "rb2001.csv", "TradingDay,InstrumentID,ExchangeID,LastPrice,Volume,UpdateTime,UpdateMillisec,ActionDay\n"+
		"20190902,rb2001,,3300.00,100,21:00:00,500,20190830\n"+
		"20190902,rb2001,,3301.00,130,00:30:00,0,20190831\n"+
		"20190902,rb2001,,3302.00,150,09:00:00,500,20190902\n")
	db := openDB(t)
	if _, err := Import(context.Background(), db, Options{Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "do not tell the ts") {
		t.Errorf("an error about ts expected, got %v", err)
	}
	on := true
	_, err := Import(context.Background(), db, Options{Files: []string{path}, Cumulative: &on, Map: map[string]string{
		"ts": "ActionDay+(UpdateTime..'.'..sub('00'..UpdateMillisec, -3))", "day": "TradingDay", "code": "InstrumentID..'.SHFE'",
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := "X:rb2001.SHFE 2019-08-30 21:00:00.500000 0 33000000 100 N 0 0 0\n" +
		"X:rb2001.SHFE 2019-08-31 00:30:00.000000 0 33010000 30 N 0 0 0\n" +
		"X:rb2001.SHFE 2019-09-02 09:00:00.500000 0 33020000 20 N 0 0 0\n"
	if got := dump(t, db); got != want {
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
