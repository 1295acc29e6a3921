package repl

import (
	"strings"
	"testing"
)

// TestPipes gives what a command shows to a program of the shell.
func TestPipes(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range []struct{ text, want string }{
		{".codes | grep -c 2023", "3"},
		{".codes --format csv | cut -d, -f2 | tail -n 2", "600000\nAAPL"},
		{".head S 600000 -n 100 | tail -n 1 | tr -s ' ' | cut -d' ' -f 4", "09:31:39.000000"},
		{".head S 600000 -n 100 | true", ""},
		{".show db:codes() | grep -c 'A\\|H'", "3"},
		{`.show "a|b" | cat`, `"a|b"`},
		{".help | grep -c '^ .codes'", "1"},
		{".count S 600000 |", "a program expected after |, such as | head"},
		{".codes | exit 3", "| exit 3: exit status 3"},
		{".close | cat", ".close shows nothing that | could give to a program"},
		{".count S 600000", "S:600000: 100 ticks"},
	} {
		if got := typed(r, buf, c.text); got != c.want {
			t.Errorf("%s: %q, not %q", c.text, got, c.want)
		}
	}
}

// TestAPipeMayEndEarly: the program reads less than the command shows.
func TestAPipeMayEndEarly(t *testing.T) {
	r, buf := newREPL(t)
	typed(r, buf, `for i = 1, 20000 do db:put("S", 600001, i, 0, ("x"):rep(40)) end`)
	for _, text := range []string{".head S 600001 -n 20000 | head -n 1", ".head S 600001 -n 20000 --format csv | head -n 1", ".head S 600001 -n 20000 --format json | head -n 1"} {
		if got := typed(r, buf, text); got == "" || strings.Contains(got, "\n") {
			t.Errorf("%s: %.200q", text, got)
		}
	}
}

// TestInterruptEndsAPipe: Ctrl-C ends the command and not the console.
func TestInterruptEndsAPipe(t *testing.T) {
	r, buf := newREPL(t)
	interruptWhenRunning(t, r)
	if got := typed(r, buf, ".show running(), (function() while true do end end)() | cat"); !strings.Contains(got, "interrupted") {
		t.Error(got)
	}
	if got := typed(r, buf, "1 + 1"); got != "2" {
		t.Error(got)
	}
}
