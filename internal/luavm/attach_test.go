package luavm

import "testing"

func TestAttachedValuesAreThoseOfTheirStateAndKey(t *testing.T) {
	type key struct{ n int }
	type otherKey struct{ n int }
	s, other := NewState(), NewState()
	s.Attach(key{1}, "a")
	s.Attach(key{2}, "b")
	s.Attach(key{1}, "c")
	for _, c := range []struct {
		s    *State
		key  any
		want any
	}{
		{s, key{1}, "c"},
		{s, key{2}, "b"},
		{s, key{3}, nil},
		{s, otherKey{1}, nil},
		{other, key{1}, nil},
	} {
		if got := c.s.Attached(c.key); got != c.want {
			t.Errorf("%#v: %v, want %v", c.key, got, c.want)
		}
	}
}
