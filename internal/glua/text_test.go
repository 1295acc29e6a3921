package glua

import "testing"

func TestStringOf(t *testing.T) {
	if s := StringOf(nil); s != "" {
		t.Errorf("nothing is %q", s)
	}
	if s := StringOf([]byte("a\x00b")); s != "a\x00b" {
		t.Errorf("%q", s)
	}
}
