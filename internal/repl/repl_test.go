package repl

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microts/internal/host"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newREPL returns a console on a pipe with a database of a few instruments, and
// what it prints.
func newREPL(t *testing.T) (*REPL, *bytes.Buffer) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	var buf bytes.Buffer
	out := host.NewOutput(&buf, nil)
	state := host.New(host.Options{Out: out, Exit: func(int) { t.Error("exit") }})
	t.Cleanup(func() {
		if err := state.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := New(Options{State: state, Out: out, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.eval(`
		local t0 = ts.time "2023-11-14 09:30"
		for i = 0, 99 do
			db:put("S", 600000, t0 + i * 1e6, 0, ts.pack_value{price = 100000 + i * 100, qty = i, side = "B", order_no = i, tick_no = i})
		end
		db:put("H", 700, t0, 0, "320.5")
		db:put("U", "AAPL", t0, 0, "\0\1\2")`); err != nil {
		t.Fatal(err)
	}
	buf.Reset()
	return r, &buf
}

// typed runs what is typed and returns what is printed, the error included.
func typed(r *REPL, buf *bytes.Buffer, text string) string {
	buf.Reset()
	if err := r.run(text); err != nil {
		r.report(err)
	}
	_ = r.Out.Flush()
	return strings.TrimRight(buf.String(), "\n")
}

func TestValues(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range []struct{ text, want string }{
		{"1 + 1", "2"},
		{"=1/3", "0.33333333333333"},
		{"return 1, nil, 'x'", "1\nnil\n\"x\""},
		{"x = 5", ""},
		{"1700000000000100", "1700000000000100  -- 2023-11-15 06:13:20.000100"},
		{"'中文\\n'", `"中文\n"`},
		{"{}", "{}"},
		{"{1, 2, x = {y = 'z'}, [10] = true, ['a b'] = 1, ['end'] = 2}", `{ 1, 2, [10] = true, ["a b"] = 1, ["end"] = 2, x = { y = "z" } }`},
		{"local t = {} t.t = t return t", "{ t = <cycle> }"},
		{"{{{{{{1}}}}}}", "{ { { { {...} } } } }\n(shortened: pp(_) shows all)"},
		{"pp{{{{{{1}}}}}}", "{ { { { { { 1 } } } } } }"},
		{"function() end", "function ([1]:1)"},
		{"print", "function (built in)"},
		{"'\\1\\2\\255'", "3 bytes\n00000000  01 02 ff                                          |...|"},
		{"{'\\1\\2'}", "{ <2 bytes> }"},
		{"{ts.pack_value{price = 105000, qty = 3}}", "{ <tick: price 10.5000 qty 3 channel 0 side N order_no 0 tick_no 0> }"},
		{"local s = db:scan('H', 700, 0, 2^53 - 1) return s", "end of the scan on 2023-11-14\n" +
			"            ts_us │ when            │ seq │ value\n" +
			"──────────────────┼─────────────────┼─────┼─────────\n" +
			" 1699925400000000 │ 09:30:00.000000 │   0 │ \"320.5\""},
		{"{{timestamp = 1700000000, value = 1.5}, {timestamp = 1700000001, value = 10, quality = 7}}", "" +
			"  timestamp │ when                       │ value │ quality\n" +
			"────────────┼────────────────────────────┼───────┼─────────\n" +
			" 1700000000 │ 2023-11-15 06:13:20.000000 │   1.5 │\n" +
			" 1700000001 │ 2023-11-15 06:13:21.000000 │    10 │       7"},
		{"syntax = =", "[14]:1: syntax error near '='\n  syntax = ="},
	} {
		got := typed(r, buf, c.text)
		got = regexp.MustCompile(` +\n`).ReplaceAllString(got+"\n", "\n")
		got = regexp.MustCompile(`\[\d+\]:1`).ReplaceAllString(strings.TrimRight(got, "\n"), "[#]:1")
		want := regexp.MustCompile(`\[\d+\]:1`).ReplaceAllString(c.want, "[#]:1")
		if got != want {
			t.Errorf("%s:\n%s\nnot\n%s", c.text, got, want)
		}
	}
	got := typed(r, buf, "local t = {} for i = 1, 1e6 do t[i] = {value = i} end return t")
	if lines := strings.Count(got, "\n"); lines > mostRows+5 || !strings.Contains(got, "... 999980 more") || !strings.Contains(got, "1000000") {
		t.Errorf("a million rows are %d lines: %s", lines, got)
	}
	got = typed(r, buf, "local t = {} for i = 1, 1e6 do t[i] = i end return t")
	if len(got) > 2000 || !strings.Contains(got, "... 999960 more") {
		t.Errorf("a million numbers: %.300s", got)
	}
}

func TestLastResults(t *testing.T) {
	r, buf := newREPL(t)
	for _, text := range []string{"1", "x = 5", "2", "nil", "3", "4"} {
		typed(r, buf, text)
	}
	if got := typed(r, buf, "print(_, _1, _2)"); got != "4\t3\t2" {
		t.Error(got)
	}
}

func TestErrorsShowWhatWasTyped(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, "function f()\n  error('deep')\nend")
	got := typed(r, buf, "local x = 1\nf()")
	for _, want := range []string{"[1]:2: deep", "  [1]:2: in function 'f': error('deep')", "  [2]:2: in main chunk: f()"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

func TestCommands(t *testing.T) {
	r, buf := newREPL(t)
	dir := t.TempDir()
	for _, c := range []struct {
		text string
		want []string // parts of what is printed
	}{
		{".codes", []string{"H      │ 700    │ 2023-11-14 09:30:00.000000", "S      │ 600000", "U      │ AAPL"}},
		{".codes S", []string{"600000"}},
		{".head", []string{"H:700 on 2023-11-14", `09:30:00.000000 │   0 │ "320.5"`}},
		{".head S 600000 2", []string{"S:600000 on 2023-11-14", "1699925400000000 │ 09:30:00.000000 │   0 │ 10.0000 │   0 │ B"}},
		{`.tail "S", 600000, 1`, []string{"09:31:39.000000 │   0 │ 10.9900 │  99 │ B"}},
		{".tail SH600000 1", []string{"10.9900"}},
		{".tail 1", []string{"10.9900"}},
		{".head U AAPL", []string{"<3 bytes>"}},
		{".count S 600000", []string{"S:600000: 100 ticks"}},
		{".count 2023-11-14 09:30:10 2023-11-14 09:30:19", []string{"10 ticks"}},
		{".count S 600000 2023-11-15", []string{"0 ticks"}},
		{".count S 600000 soon", []string{`date and time such as`, `got "soon"`}},
		{".plot S 600000 2023-11-14", []string{"10.9900 ┤", "10.0000 ┤┃", "100 ticks, a bar is 1.5 s"}},
		{".plot U AAPL", []string{"are no tick records and no numbers"}},
		{".plot S 600000 2023-11-16", []string{"no ticks of S:600000 there"}},
		{".schema", []string{"storage engine V2", "chunk_base_ms", "the first value of S:600000 is tick record of 50 bytes"}},
		{".stats", []string{"engine", "V2", "disk_bytes"}},
		{".tz UTC", nil},
		{".head S 600000 1", []string{"01:30:00.000000"}},
		{".count S 600000 2023-11-14 01:30:10 2023-11-14 01:30:19", []string{"10 ticks"}},
		{"ts.time '2023-11-14 01:30'", []string{"1699925400000000"}},
		{".tz Nowhere", []string{"unknown time zone"}},
		{".time on", []string{"ms"}},
		{".time off", nil},
		{".time", []string{"usage: .time on|off"}},
		{".help", []string{".open PATH", ".quit"}},
		{".help head", []string{".head [MARKET CODE] [N]"}},
		{".help put", []string{"put(db, market, code, ts_us, seq, value)", "engine:put(key, value [, cf])"}},
		{".help cjson", []string{"lua-cjson"}},
		{".help scna", []string{"did you mean scan?"}},
		{".haed", []string{"unknown command .haed; did you mean .head?"}},
		{".xyzzy", []string{"unknown command .xyzzy; .help lists them"}},
		{".head 'S", []string{"' is not closed"}},
		{".save " + dir + "/typed.lua", []string{"chunks in"}},
		{".load " + dir + "/none.lua", []string{"cannot open"}},
		{".open " + dir + "/other", []string{"db is " + dir + "/other"}},
		{".codes", []string{"no ticks"}},
		{".head", []string{"the database holds no ticks"}},
		{".refresh", nil},
		{".close", nil},
		{".codes", []string{"no database is open: .open PATH"}},
	} {
		got := typed(r, buf, c.text)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s printed\n%s\nwithout\n%s", c.text, got, want)
			}
		}
		if c.want == nil && got != "" {
			t.Errorf("%s printed\n%s", c.text, got)
		}
	}
	if err := r.run(".quit"); !errors.Is(err, errQuit) {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "typed.lua")); err != nil || !strings.Contains(string(text), "ts.time") {
		t.Errorf("saved %q, %v", text, err)
	}
}

func TestEdit(t *testing.T) {
	r, buf := newREPL(t)
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "sed -i s/1/2/")
	typed(r, buf, "1 + 1")
	if got := typed(r, buf, ".edit"); got != "2 + 1\n3" {
		t.Error(got)
	}
}

func TestPlot(t *testing.T) {
	r, buf := newREPL(t)
	for text, want := range map[string]string{
		"plot{1, 2, 3}":                  "3.0000 ┤",
		"plot{{price = 1}, {price = 2}}": "2.0000 ┤",
		"plot{{value = 1}, {value = 2}}": "1.0000 ┼",
		"plot{{open = 1, high = 4, low = 0, close = 3}, {open = 3, high = 3, low = 1, close = 2}}": "3.0769 ┤┃█",
		"plot{}":      "array of numbers, of points or of bars expected, got table",
		"plot{{}, 1}": "row 1: a field price, value or close expected",
		"plot{'x'}":   "row 1: number or table expected, got string",
	} {
		if got := typed(r, buf, text); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nlacks %s", text, got, want)
		}
	}
}

func TestCandidates(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `e = require "storage_engine":new("x") mine = {alpha = 1, beta = print}`)
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
		{"mine.", "", []string{"alpha", "beta"}, true},
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
		{".help sc", "sc", []string{"scan", "schema"}, true},
		{".head ", "", []string{"H", "S", "U"}, true},
		{".head S ", "", []string{"600000"}, true},
		{".tz A", "A", []string{"Asia/Shanghai", "America/New_York"}, false},
		{".load " + dir + "/", dir + "/", []string{dir + "/file.lua"}, true},
		{"for i = 1, 2 do\n  db:cou", "cou", []string{"count"}, true},
	} {
		prefix, all := r.candidates(c.before)
		var texts []string
		for _, a := range all {
			texts = append(texts, a.text)
			if a.text == "scan" && !strings.Contains(a.help, "scan(db, market, code, start_us, end_us [, opts]) -> iterator") && c.before == "db:sc" {
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

// TestInterrupt ends what runs for long, in Lua and in Go.
func TestInterrupt(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `for i = 1, 200000 do db:put("S", 1, i, 0, "x") end keep = 1`)
	for _, text := range []string{
		"while true do end",
		"while true do pcall(function() while true do end end) end",
		`while true do for us in db:scan("S", 1, 0, 2^53 - 1) do end end`,
		`while true do db:count("S", 1) end`,
		`("a"):rep(40):find(("a*"):rep(30) .. "b")`,
		`require("socket").sleep(60)`,
		`coroutine.wrap(function() while true do end end)()`,
		`local s = "" while true do s = s .. "x" if #s > 1000 then s = "" end end`,
	} {
		stop := time.AfterFunc(50*time.Millisecond, r.Interrupt)
		start := time.Now()
		got := typed(r, buf, text)
		stop.Stop()
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", text, took)
		}
		if !strings.Contains(got, "interrupted") && !strings.Contains(text, "sleep") {
			t.Errorf("%s: %s", text, got)
		}
		if got := typed(r, buf, "keep"); got != "1" {
			t.Errorf("after %s: %s", text, got)
		}
	}
}

// TestNothingKillsIt types what goes wrong in every way.
func TestNothingKillsIt(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range [][2]string{
		{"local function f() return 1 + f() end f()", "stack overflow"},
		{"string.rep('x', 1e12)", "too large"},
		{"db:put('S', 1, -1, 0, 'x')", "bad argument #3 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{"error()", "nil"},
		{"error({})", "(error object is a table value)"},
		{"error(setmetatable({}, {__tostring = function() error('x') end}))", "table value"},
		{"setmetatable({}, {__tostring = function() error('x') end})", "{}"},
		{"coroutine.yield()", ""},
		{"return nil", "nil"},
		{"db:close() db:get('S', 1, 1)", "closed"},
		{".head", "no database is open"},
		{"db = 5", ""},
		{".count", "no database is open"},
		{"print = nil", ""},
		{"string = nil", ""},
	} {
		if got := typed(r, buf, c[0]); !strings.Contains(got, c[1]) {
			t.Errorf("%s: %s", c[0], got)
		}
	}
	if got := typed(r, buf, "1 + 1"); got != "2" {
		t.Error(got)
	}
}

func TestHighlight(t *testing.T) {
	strip := regexp.MustCompile("\x1b\\[[0-9]*m")
	for _, text := range []string{"local x = 'a' -- c", "for i = 1, 2 do\n print(\"x\n\nend", ".head S 600000", "[[a\nb]]", "0x1F + 1e5", "", "\n"} {
		got := highlight(text)
		if plain := strip.ReplaceAllString(got, ""); plain != text {
			t.Errorf("%q became %q", text, plain)
		}
	}
	if got := highlight("local x"); got != "\x1b[34mlocal\x1b[0m x" {
		t.Errorf("%q", got)
	}
}

func TestWhole(t *testing.T) {
	r, _ := newREPL(t)
	for text, want := range map[string]bool{
		"1 + 1": true, "for i = 1, 2 do": false, "f(": false, "x = = 1": true, ".head 'S": true, "[[a": false, "": true, "x =": false,
		"local x = 42LL": true,
	} {
		if got := r.whole(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
