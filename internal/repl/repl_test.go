package repl

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"microts/internal/host"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newREPL returns a console without a terminal, with a database of a few
// instruments, and what it prints.
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

// typed runs a line and returns what is printed, errors too.
func typed(r *REPL, buf *bytes.Buffer, text string) string {
	buf.Reset()
	if err := r.run(text); err != nil {
		r.report(err)
	}
	_ = r.Out.Flush()
	return strings.TrimRight(buf.String(), "\n")
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

// TestErrorObjectsAreShown: a table that a script raises is shown as a result would be. Its
// __tostring is its message; no other metamethod runs.
func TestErrorObjectsAreShown(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range [][2]string{
		{"error({code = 1, 'x'})", "(error object is a table value)\n{ \"x\", code = 1 }"},
		{"error({{code = 1}, {code = 2}})", "(error object is a table value)\n code\n──────\n    1\n    2"},
		{"error(setmetatable({code = 1}, {__tostring = function() return 'says it' end}))", "says it"},
		{"local t = {} t.t = t error(t)", "(error object is a table value)\n{ t = <cycle> }"},
		{"local u = newproxy(true) getmetatable(u).__tostring = error error({u = u})", "(error object is a table value)\n{ u = userdata: 0x"},
	} {
		got := strings.ReplaceAll(typed(r, buf, c[0]), " \n", "\n")
		if !strings.HasPrefix(got, c[1]) {
			t.Errorf("%s:\n%s\nand not\n%s", c[0], got, c[1])
		}
	}
}

// TestNothingKillsIt types lines that fail in many ways.
func TestNothingKillsIt(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range [][2]string{
		{"local function f() return 1 + f() end f()", "stack overflow"},
		{"string.rep('x', 2^31 - 1)", "not enough memory"},
		{"db:put('S', 1, -1, 0, 'x')", "bad argument #3 to 'put' (ts_us: integer microseconds 0 <= us < 2^53 expected, got -1)"},
		{"error()", "nil"},
		{"error({})", "(error object is a table value)"},
		{"error(setmetatable({}, {__tostring = function() error('x') end}))", "table value"},
		{"setmetatable({}, {__tostring = function() error('x') end})", "{}"},
		{"broken = newproxy(true) getmetatable(broken).__tostring = function() error('no text') end return broken", "no text"},
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
	r := &REPL{colours: true}
	strip := regexp.MustCompile("\x1b\\[[0-9]*m")
	for _, text := range []string{"local x = 'a' -- c", "for i = 1, 2 do\n print(\"x\n\nend", ".head S 600000", "[[a\nb]]", "0x1F + 1e5", "", "\n"} {
		got := r.highlighted(text)
		if plain := strip.ReplaceAllString(got, ""); plain != text {
			t.Errorf("%q became %q", text, plain)
		}
	}
	for text, want := range map[string]string{
		"local x":   "\x1b[34mlocal\x1b[0m x",
		"价 = 0x1p4": "价 = \x1b[36m0x1p4\x1b[0m",
		"x = -.5e3": "x = -\x1b[36m.5e3\x1b[0m",
	} {
		if got := r.highlighted(text); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		line  string
		whole bool
	}{
		{"", true},
		{"1 + 1", true},
		{"x =", false},
		{"f(", false},
		{"for i = 1, 2 do", false},
		{"[[a", false},
		{"{1,", false},
		{"1 +", false},
		{"x = = 1", true},
		{"local x = 42LL", true},
		{".head 'S", true},
	} {
		if got := whole(c.line); got != c.whole {
			t.Errorf("%q: %v", c.line, got)
		}
	}
}
