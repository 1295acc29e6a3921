package lineedit

import (
	"fmt"
	"strings"
	"testing"
)

// offers returns a Complete that offers words for the word before the cursor.
func offers(all ...Candidate) func(string) (string, []Candidate) {
	return func(before string) (string, []Candidate) {
		prefix := before[strings.LastIndexAny(before, " .\n")+1:]
		var some []Candidate
		for _, c := range all {
			if strings.HasPrefix(c.Text, prefix) {
				some = append(some, c)
			}
		}
		return prefix, some
	}
}

func TestComplete(t *testing.T) {
	three := offers(Candidate{"scan", "scans"}, Candidate{"scope", ""}, Candidate{"seek", ""})
	for _, c := range []struct{ keys, want string }{
		{"a.se\t", "a.seek"},
		{"a.sc\tx", "a.scx"},        // they agree no further
		{"a.s\tx", "a.sx"},          // what is offered goes away
		{"a.\t\t", "a.scan"},        // s, then the first
		{"a.\t\t\t", "a.scope"},     //
		{"a.\t\t\x1b[Z", "a.seek"},  // Shift-Tab
		{"a.\t\t\t\t\t", "a.scan"},  // after the last, the first
		{"a.\t\t\x1b[B", "a.scope"}, // Down
		{"a.\t\t\x1b[B\x1b[A", "a.scan"},
		{"a.\t\t\rx", "a.scanx"}, // Enter takes it
		{"a.\t\t\x07x", "a.sx"},  // Ctrl-G takes it back
		{"a.\t\tx\x1f\x1f", "a.s"},
		{"a.z\t", "a.z"},
		{"a.s b\x01\x06\x06\x06\t\t", "a.scan b"},
	} {
		if got := edited(t, Options{Complete: three}, c.keys+"\x05\r"); got != c.want {
			t.Errorf("%q: %q and not %q", c.keys, got, c.want)
		}
	}
}

// TestMenu looks at what is offered.
func TestMenu(t *testing.T) {
	u := newUser(t, 40, 8, Options{Complete: offers(Candidate{"scan", "scans"}, Candidate{"scope", ""})})
	u.types("a.\t")
	u.sees("> a.sc\nscan   scans\nscope", "6,0")
	u.types("x")
	u.sees("> a.scx", "7,0")
	u.types("\x7fa\t")
	u.sees("> a.scan\nscans", "8,0")
	u.types("\r")
	if got, _ := u.line(); got != "a.scan" {
		t.Error(got)
	}
	u.sees("> a.scan\n>", "2,1")
}

// TestLongMenu pages through more than fits.
func TestLongMenu(t *testing.T) {
	var all []Candidate
	for i := range 60 {
		all = append(all, Candidate{fmt.Sprintf("name%02d", i), ""})
	}
	u := newUser(t, 20, 6, Options{Complete: offers(all...)})
	u.types("\t")
	u.sees("> name\nname00  name30\nname01  name31\nname02  name32\nname03  name33\nrows 1-4 of 30 (Pag", "6,0")
	u.types("\x1b[6~")
	u.sees("> name04\nname01  name31\nname02  name32\nname03  name33\nname04  name34\nrows 2-5 of 30 (Pag", "8,0")
	u.types("\x1b[C")
	u.sees("> name34\nname01  name31\nname02  name32\nname03  name33\nname04  name34\nrows 2-5 of 30 (Pag", "8,0")
	u.types("\x1b[Z\r\r")
	if got, _ := u.line(); got != "name33" {
		t.Error(got)
	}
}
