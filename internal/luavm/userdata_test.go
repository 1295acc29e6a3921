package luavm_test

import (
	"testing"

	"microts/internal/luavm"
)

type sized int64

func (n sized) MemorySize() int64 { return int64(n) }

// TestMemoryCountsUserData counts the Go value of a userdata and its metatable.
func TestMemoryCountsUserData(t *testing.T) {
	const size, text = 1 << 20, 1 << 16
	metatable := luavm.NewTable(0, 1)
	metatable.SetString("__index", luavm.NewString(string(make([]byte, text))).Value())
	for _, c := range []struct {
		value    any
		meta     *luavm.Table
		expected int64
	}{
		{nil, nil, 0},
		{"no sizer", nil, 0},
		{sized(size), nil, size},
		{nil, metatable, text},
		{sized(size), metatable, size + text},
	} {
		s := luavm.NewState()
		before := s.Memory()
		s.Globals.SetString("x", luavm.NewUserData(c.value, c.meta))
		const little = 1000
		if used := s.Memory() - before; used < c.expected || used > c.expected+little {
			t.Errorf("%v, %v: %d bytes, not %d", c.value, c.meta != nil, used, c.expected)
		}
	}
}
