package human

import "testing"

func TestUnicode(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang, term string
		want                   bool
	}{
		{"", "", "", "xterm", true},
		{"", "", "C", "xterm", false},
		{"", "", "POSIX", "xterm", false},
		{"", "", "C.UTF-8", "xterm", true},
		{"", "", "zh_CN.utf8", "xterm", true},
		{"", "", "zh_CN.GB18030", "xterm", false},
		{"C", "", "zh_CN.UTF-8", "xterm", false},
		{"", "C", "zh_CN.UTF-8", "xterm", false},
		{"", "en_US.UTF-8", "C", "xterm", true},
		{"", "", "C.UTF-8", "dumb", false},
		{"", "", "C.UTF-8", "", true},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_CTYPE", c.ctype)
		t.Setenv("LANG", c.lang)
		t.Setenv("TERM", c.term)
		if got := Unicode(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestDumb(t *testing.T) {
	for name, want := range map[string]bool{"": true, "dumb": true, "xterm": false, "linux": false} {
		t.Setenv("TERM", name)
		if got := Dumb(); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestASCII(t *testing.T) {
	const drawing, want = " 1 ┤│┃█ ╭─╮", " 1 ||+# .-."
	if got := ASCII(drawing); got != want {
		t.Error(got)
	}
}
