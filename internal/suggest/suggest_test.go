package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"mode", "durability", "limit", "reverse"}
	for name, want := range map[string]string{"mod": "mode", "durabilty": "durability", "limits": "limit", "revers": "reverse", "zzz": "", "lit": "", "mde": "mode"} {
		if got := Nearest(name, names); got != want {
			t.Errorf("nearest to %q is %q, not %q", name, got, want)
		}
	}
}
