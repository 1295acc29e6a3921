package repl

import (
	"regexp"
	"strings"
	"testing"
)

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
		{"syntax = =", "[14]:1: unexpected symbol near '='\n  syntax = ="},
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

// TestPrintOfManyLevels shows tables within tables, more than fit on a screen or a stack.
func TestPrintOfManyLevels(t *testing.T) {
	r, buf := newREPL(t)
	got := typed(r, buf, `local t = {"innermost"} for i = 1, 20000 do t = {t} end pp(t)`)
	if !strings.Contains(got, "{...}") || !strings.Contains(got, "pp shows 100 levels of tables") || len(got) > 100_000 {
		t.Errorf("%d bytes: %.500s", len(got), got)
	}
	if got := typed(r, buf, `local t = {"innermost"} for i = 1, 90 do t = {t} end pp(t)`); !strings.Contains(got, "innermost") {
		t.Errorf("90 levels: %.500s", got)
	}
}
