package luavm

import (
	"strings"
	"testing"
)

// TestBuilderAsksForRoom builds strings in a state that has room for 100,000 bytes.
func TestBuilderAsksForRoom(t *testing.T) {
	for _, c := range []struct {
		size, part int
		passes     bool
	}{
		{90_000, 1, true},
		{100_001, 1, false},
		{90_000, 300, true},
		{100_001, 300, false},
		{5, 5, true},
	} {
		s := NewState()
		s.LimitMemory(s.Memory()+100_000, func(int64) {})
		build := NewFunction("build", func(call *Call) {
			b := NewBuilder(call)
			for part := strings.Repeat("x", c.part); b.Len() < c.size; {
				b.Add(part[:min(c.part, c.size-b.Len())])
			}
			call.Return(b.Value())
		})
		results, err := s.Call(build.Value())
		if (err == nil) != c.passes || err == nil && len(results[0].Text()) != c.size {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestBuilderGrowsInFewStepsUpToTheLimit adds bytes one by one: copying all for each of the
// last ones would take minutes.
func TestBuilderGrowsInFewStepsUpToTheLimit(t *testing.T) {
	const limit = 1 << 20
	s := NewState()
	s.LimitMemory(limit, func(int64) {})
	size, steps := 0, 0
	_, err := s.Call(NewFunction("build", func(c *Call) {
		b := NewBuilder(c)
		for last := 0; ; size = b.Len() {
			b.AddByte('x')
			if cap(b.b) != last {
				last = cap(b.b)
				steps++
			}
		}
	}).Value())
	if err == nil || err.Error() != NoRoom {
		t.Errorf("ended with %v", err)
	}
	if size < limit*8/10 || size > limit {
		t.Errorf("there was room for %d bytes of %d", size, limit)
	}
	if steps > 50 {
		t.Errorf("grew %d times", steps)
	}
}
