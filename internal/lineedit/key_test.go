package lineedit

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		sent string
		want key
		rest string
	}{
		{"ab", key{text: "a"}, "b"},
		{"é", key{text: "é"}, ""},
		{"\xc2", key{text: "\xc2"}, ""}, // final
		{"\x00", key{name: "C-Space"}, ""},
		{"\x01", key{name: "C-a"}, ""},
		{"\x1f", key{name: "C-_"}, ""},
		{"\t", key{name: "Tab"}, ""},
		{"\r", key{name: "Enter"}, ""},
		{"\n", key{name: "Enter"}, ""},
		{"\x7f", key{name: "Backspace"}, ""},
		{"\x1b", key{name: "Esc"}, ""},
		{"\x1bb", key{name: "M-b"}, ""},
		{"\x1bé", key{name: "M-é"}, ""},
		{"\x1b\x7f", key{name: "M-Backspace"}, ""},
		{"\x1b[A", key{name: "Up"}, ""},
		{"\x1bOA", key{name: "Up"}, ""},
		{"\x1b\x1b[A", key{name: "M-Up"}, ""},
		{"\x1b[Z", key{name: "S-Tab"}, ""},
		{"\x1b[3~x", key{name: "Delete"}, "x"},
		{"\x1b[1;5C", key{name: "C-Right"}, ""},
		{"\x1b[1;3C", key{name: "M-Right"}, ""},
		{"\x1b[13;2u", key{name: "S-Enter"}, ""},
		{"\x1b[97;5u", key{name: "C-a"}, ""},
		{"\x1b[24~x", key{}, "x"},     // F12
		{"\x1b[?1;2c", key{}, ""},     // what a terminal says
		{"\x1b[1\x01", key{}, "\x01"}, // no sequence
		{"\x1b[200~a\r\nb\x1b[201~c", key{text: "a\nb", paste: true}, "c"},
		{"\x1b[200~a", key{text: "a", paste: true}, ""},
	} {
		k, n := decode([]byte(c.sent), true)
		if k != c.want || c.sent[n:] != c.rest {
			t.Errorf("%q: %+v, rest %q", c.sent, k, c.sent[n:])
		}
	}
	for _, begun := range []string{"", "\x1b", "\x1b[", "\x1b[1;", "\x1bO", "\xe4\xb8", "\x1b[200~a", "\x1b[200~a\x1b[201", "\x1b\x1b["} {
		if _, n := decode([]byte(begun), false); n != 0 {
			t.Errorf("%q is a key of %d bytes", begun, n)
		}
	}
}

// FuzzDecode decodes anything: each key has bytes, and text arrives as it was typed.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"é中\x1b[A\x1b[200~x\x1b[201~", "\x1b\x1b\x1bO", "\x1b[1;5\xff", "\x1b[;;;u"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var text strings.Builder
		for rest := sent; len(rest) > 0; {
			if k, n := decode(rest, false); n > 0 {
				if again, m := decode(rest, true); again != k || m != n {
					t.Fatalf("%q: %+v of %d bytes, and then %+v of %d", rest, k, n, again, m)
				}
			}
			k, n := decode(rest, true)
			if n <= 0 || n > len(rest) {
				t.Fatalf("%q: a key of %d bytes", rest, n)
			}
			text.WriteString(k.text)
			rest = rest[n:]
		}
		typed := string(sent)
		if utf8.ValidString(typed) && !strings.ContainsFunc(typed, func(r rune) bool { return r < ' ' || r == 0x7f }) && text.String() != typed {
			t.Fatalf("%q arrives as %q", typed, text.String())
		}
	})
}
