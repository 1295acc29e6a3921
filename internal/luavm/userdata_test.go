package luavm

import "testing"

type sized int64

func (n sized) MemorySize() int64 { return int64(n) }

// TestMemoryCountsWhatUserDataHold: also that of userdata without a metatable.
func TestMemoryCountsWhatUserDataHold(t *testing.T) {
	const size = 1 << 20
	for _, metatable := range []*Table{nil, NewTable(0, 1)} {
		s := NewState()
		before := s.Memory()
		s.Globals.SetString("x", NewUserData(sized(size), metatable))
		s.Globals.SetString("f", NewFunctionWith("f", sized(size), func(*Call) {}).Value())
		if held := s.Memory() - before; held < 2*size || held > 2*size+5000 {
			t.Errorf("%d bytes, want about %d", held, 2*size)
		}
	}
}
