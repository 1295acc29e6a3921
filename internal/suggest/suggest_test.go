package suggest

import (
	"slices"
	"testing"
)

func TestNearest(t *testing.T) {
	names := []string{"mode", "durability", "limit", "reverse"}
	for name, want := range map[string]string{"mod": "mode", "durabilty": "durability", "limits": "limit", "revers": "reverse", "zzz": "", "lit": "", "mde": "mode"} {
		if got := Nearest(name, names); got != want {
			t.Errorf("nearest to %q is %q, not %q", name, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	names := []string{"put", "get", "put_many", "got"}
	for name, want := range map[string][]string{"gut": {"put", "get"}, "gte": {"get"}, "putmany": {"put_many"}, "nonsense": nil} {
		if got := Near(name, names, 2); !slices.Equal(got, want) {
			t.Errorf("near to %q are %q, not %q", name, got, want)
		}
	}
}
