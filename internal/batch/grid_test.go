package batch

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"microts/internal/source"
	"microts/store"
)

func TestParseValues(t *testing.T) {
	for _, c := range []struct {
		text string
		want Values
	}{
		{"code=600000,000001", Values{"code", []any{"600000", "000001"}}},
		{"code=600000,600519", Values{"code", []any{600000.0, 600519.0}}},
		{"x=1.5,-2,1e3,0.10,0", Values{"x", []any{1.5, -2.0, 1000.0, 0.1, 0.0}}},
		{"x=true,false", Values{"x", []any{true, false}}},
		{"x=true,1", Values{"x", []any{"true", "1"}}},
		{"x=1,", Values{"x", []any{"1", ""}}},
		{`s="a,b",c`, Values{"s", []any{"a,b", "c"}}},
		{"s=", Values{"s", []any{""}}},
		{"s=a=b", Values{"s", []any{"a=b"}}},
		{"n=nan,inf,0x10,1_000,.5", Values{"n", []any{"nan", "inf", "0x10", "1_000", ".5"}}},
		{"n=9007199254740991", Values{"n", []any{9007199254740991.0}}},
		{"n=9007199254740993", Values{"n", []any{"9007199254740993"}}}, // Lua's numbers do not hold it
	} {
		if got, err := ParseValues(c.text); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"", "code", "=1", " =1", `x="a`} {
		if got, err := ParseValues(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestGrid(t *testing.T) {
	dir := write(t, map[string]string{
		"universe.csv": "\xef\xbb\xbfcode, weight\n600000, 0.5\n000001,1\n",
		"empty.csv":    "", "twice.csv": "a,a\n1,2\n", "ragged.csv": "a,b\n1\n", "none.csv": "a\n", "gbk.csv": "name\n\xc6\xbd\xb0\xb2\n",
		"calendar.txt": "# days\n2023-11-03\n20231106,open\n2023-11-11\n\n", "bad.txt": "2023-11-03\nsoon\n",
		"calendar.toml": "base = \"cn\"\ndays = [2027-01-04]\n",
	})
	path := database(t, "S600000", "S600519", "H700", "U0AAPL", "E1E5")
	clock = func() time.Time { return time.Date(2023, 11, 13, 16, 30, 0, 0, time.UTC) } // 2023-11-14 in Shanghai
	defer func() { clock = time.Now }()
	db, err := env.Databases.Open(path, &store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{}, ""},
		{Grid{Values: []Values{{"a", []any{1.0, 2.0}}, {"b", []any{"x", true}}}}, "a=1,b=x a=1,b=true a=2,b=x a=2,b=true"},
		{Grid{Files: []string{at("universe.csv")}}, "code=600000,weight=0.5 code=000001,weight=1"},
		{Grid{EachCode: []string{"S"}}, "market=S,code=600000 market=S,code=600519"},
		{Grid{EachCode: []string{"E"}}, "market=E,code=1E5"},
		{Grid{EachCode: []string{"H", "U"}}, "market=H,code=700 market=U,code=AAPL"},
		{Grid{EachCode: []string{AllMarkets}}, "market=E,code=1E5 market=H,code=700 market=S,code=600000 market=S,code=600519 market=U,code=AAPL"},
		{Grid{Dates: "2023-11-02..2023-11-07"}, "date=2023-11-02 date=2023-11-03 date=2023-11-06 date=2023-11-07"},
		{Grid{Dates: "2023-11-03"}, "date=2023-11-03"},
		{Grid{Dates: "20231102..20231103"}, "date=2023-11-02 date=2023-11-03"},
		{Grid{Dates: "20231113.."}, "date=2023-11-13 date=2023-11-14"}, // 2023-11-14 is today
		{Grid{Dates: "yesterday..today"}, "date=2023-11-13 date=2023-11-14"},
		{Grid{Dates: "..2023-11-10", Calendar: at("calendar.txt")}, "date=2023-11-03 date=2023-11-06"},
		{Grid{Dates: "..today", Calendar: at("calendar.txt")}, "date=2023-11-03 date=2023-11-06 date=2023-11-11"},
		{Grid{Dates: "2023-11-01..2023-11-30", Calendar: at("calendar.txt")}, "date=2023-11-03 date=2023-11-06 date=2023-11-11"},
		{Grid{Dates: "2023-11-10..2023-11-14", Calendar: "cn"}, "date=2023-11-10 date=2023-11-13 date=2023-11-14"},
		{Grid{Dates: "2024-02-08..2024-02-20", Calendar: "cn"}, "date=2024-02-08 date=2024-02-19 date=2024-02-20"},
		{Grid{Dates: "..1990-12-04", Calendar: "cn"}, "date=1990-12-03 date=1990-12-04"},
		{Grid{Dates: "2023-11-22..2023-11-24", Calendar: "us"}, "date=2023-11-22 date=2023-11-24"},
		{Grid{Dates: "2027-01-04", Calendar: at("calendar.toml")}, "date=2027-01-04"},
		{
			Grid{EachCode: []string{"H"}, Values: []Values{{"code", []any{9.0}}, {"n", []any{1.0}}}, Dates: "2023-11-03"},
			"market=H,code=9,n=1,date=2023-11-03",
		},
	} {
		all, err := c.grid.combinations(source.Of(db))
		var got []string
		for _, p := range all {
			got = append(got, p.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %s, %v", c.grid, strings.Join(got, " "), err)
		}
	}
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{Values: []Values{{"a", nil}}}, "parameter a: nothing to run for"},
		{Grid{Files: []string{at("missing.csv")}}, "missing.csv: no such file"},
		{Grid{Files: []string{at("empty.csv")}}, "empty.csv: is empty; the names of parameters expected in the first line"},
		{Grid{Files: []string{at("twice.csv")}}, "twice.csv:1: names of parameters expected, each once"},
		{Grid{Files: []string{at("ragged.csv")}}, "ragged.csv: record on line 2: wrong number of fields"},
		{Grid{Files: []string{at("none.csv")}}, "none.csv: nothing to run for"},
		{Grid{EachCode: []string{"X"}}, "each-code X: nothing to run for"},
		{Grid{EachCode: []string{"SH"}}, `each-code: a market (one character) or "all" expected, got "SH"`},
		{Grid{Dates: "2023-11-05"}, "dates 2023-11-05: nothing to run for"},
		{Grid{Dates: "2023-11-05..2023-11-01"}, "dates: a range such as 2023-11-01..2023-11-30, 20231101.. or 20231101..today expected"},
		{Grid{Dates: "November"}, "dates: a range such as"},
		{Grid{Dates: ".."}, "dates: \"..\" has no first day; only a calendar knows one"},
		{Grid{Files: []string{at("gbk.csv")}}, "gbk.csv:2: not UTF-8: \"ƽ\\xb0\\xb2\"; convert the file: iconv -f gb18030 -t utf-8"},
		{Grid{Calendar: at("calendar.txt")}, "a calendar narrows dates, and none are given"},
		{Grid{Dates: "2023-11-03", Calendar: at("bad.txt")}, `bad.txt:2: a day such as 2023-11-14 expected, got "soon"`},
		{Grid{Dates: "2023-11-12..2023-12-01", Calendar: at("calendar.txt")}, "nothing to run for"},
		{Grid{Dates: "2023-11-03", Calendar: "cm"}, `calendar: there is no calendar "cm"; did you mean "cn"?`},
		{Grid{Dates: "2026-12-01..2027-01-10", Calendar: "cn"}, "dates: calendar cn ends with 2026-12-31 and does not know 2027-01-10: give a TOML file"},
	} {
		if _, err := c.grid.combinations(source.Of(db)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v\n got %v\nwant %s", c.grid, err, c.want)
		}
	}
	if _, err := (Grid{EachCode: []string{"S"}}).combinations(nil); err == nil || !strings.Contains(err.Error(), "asks a database") {
		t.Errorf("%v", err)
	}
}
