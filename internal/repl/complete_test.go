package repl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCandidates(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `e = require "storage_engine":new("x") mine = {alpha = 1, beta = print, 价格 = 2}`)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file.lua"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		before, prefix string
		want           []string // among the candidates
		only           bool     // and no others
	}{
		{"db:sc", "sc", []string{"scan"}, true},
		{"db:", "", []string{"put", "get", "scan", "close"}, false},
		{"ts.pa", "pa", []string{"pack_row", "pack_value"}, true},
		{"string.fo", "fo", []string{"format"}, true},
		{"mine.", "", []string{"alpha", "beta", "价格"}, true},
		{"mine:", "", []string{"beta"}, true},
		{"x = tab", "tab", []string{"table"}, true},
		{"whi", "whi", []string{"while"}, true},
		{"e:write_p", "write_p", []string{"write_point", "write_points"}, true},
		{"nothing.at.al", "al", nil, true},
		{`ts.scan(db, `, "", []string{`"H"`, `"S"`, `"U"`}, true},
		{`ts.scan(db, "S", `, "", []string{"600000"}, true},
		{`db:get("U", `, "", []string{`"AAPL"`}, true},
		{`db:get("U", "A`, "A", []string{`AAPL"`}, true},
		{`db:get("`, "", []string{`H"`, `S"`, `U"`}, true},
		{`ts.open("` + dir + "/f", dir + "/f", []string{dir + "/file.lua"}, true},
		{`io.open("` + dir + "/", dir + "/", []string{dir + "/file.lua"}, true},
		{".he", ".he", []string{".head", ".help"}, true},
		{".help sc", "sc", []string{"scan", "scan_prefix", "scans", "schema"}, true},
		{".head ", "", []string{"H", "S", "U"}, true},
		{".head S ", "", []string{"600000"}, true},
		{".tz A", "A", []string{"Asia/Shanghai", "America/New_York"}, false},
		{".head 6", "6", []string{"600000"}, true},
		{".head SH", "SH", []string{"SH600000"}, true},
		{".head SH ", "", []string{"600000"}, true},
		{".head --format json S ", "", []string{"600000"}, true},
		{".codes ", "", []string{"H", "S", "U"}, true},
		{".codes S ", "", nil, true},
		{".codes --f", "--f", []string{"--format"}, true},
		{".codes --format ", "", []string{"csv", "json", "table"}, true},
		{".format j", "j", []string{"json"}, true},
		{".codes | he", "", nil, true},
		{".show db:sc", "sc", []string{"scan"}, true},
		{".show --format csv db:sc", "sc", []string{"scan"}, true},
		{`require "stor`, "stor", []string{`storage"`, `storage_engine"`, `storage_engine_v2"`}, true},
		{`x = require('cjs`, "cjs", []string{"cjson'", "cjson.safe'"}, true},
		{`require "string.`, "string.", []string{`string.buffer"`}, true},
		{".load " + dir + "/", dir + "/", []string{dir + "/file.lua"}, true},
		{"mine.价", "价", []string{"价格"}, true},
		{"x = 1 -- whi", "", nil, true},
		{"x = [[whi", "", nil, true},
		{"for i = 1, 2 do\n  db:cou", "cou", []string{"count"}, true},
	} {
		prefix, all := r.candidates(c.before)
		var texts []string
		for _, a := range all {
			texts = append(texts, a.text)
			if a.text == "scan" && !strings.Contains(a.help, "scan(db, market, code [, start_us [, end_us [, opts]]]) -> iterator") && c.before == "db:sc" {
				t.Errorf("scan has the help %q", a.help)
			}
		}
		for _, want := range c.want {
			if !slices.Contains(texts, want) {
				t.Errorf("%q: %q lack %q", c.before, texts, want)
			}
		}
		if prefix != c.prefix || c.only && len(texts) != len(c.want) {
			t.Errorf("%q: prefix %q, %q", c.before, prefix, texts)
		}
	}
}

// TestTabOffersAfterAnyText: what a candidate replaces stands before the cursor.
func TestTabOffersAfterAnyText(t *testing.T) {
	r, _ := newREPL(t)
	for _, c := range []struct {
		before string
		some   string // a candidate
	}{
		{"db:", "scan"},
		{"ts.", "open"},
		{"x = string.", "format"},
		{"print(#db:", "codes"},
		{"for i = 1, 2 do\n\tdb:", "put"},
		{".head ", "S"},
		{`require "`, `cjson"`},
		{".", ".head"},
		{"", "while"},
		{"价 = db:", "scan"},
	} {
		prefix, all := r.completions(c.before)
		if !strings.HasSuffix(c.before, prefix) {
			t.Errorf("%q: the prefix is %q", c.before, prefix)
		}
		found := false
		for _, offered := range all {
			found = found || offered.Text == c.some
			if !strings.HasPrefix(offered.Text, prefix) {
				t.Errorf("%q: %q is offered after %q", c.before, offered.Text, prefix)
			}
		}
		if !found {
			t.Errorf("%q: %s is not offered", c.before, c.some)
		}
	}
}
