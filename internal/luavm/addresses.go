package luavm

// addressSet is a set of addresses. The zero value is empty.
//
// It is a hash table that stays at most three quarters full. An address stands at
// the first free place from the place of its hash on. Go's maps take
// about half as long again (BenchmarkAddressSet).
type addressSet struct {
	slots []uintptr // 0 is free; the length is a power of two
	n     int
}

// add adds an address, which must not be 0, and says whether it is new.
func (s *addressSet) add(p uintptr) bool {
	if s.n >= len(s.slots)/4*3 {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := mix(uint64(p)) & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case p:
			return false
		case 0:
			s.slots[i] = p
			s.n++
			return true
		}
	}
}

func (s *addressSet) grow() {
	const least = 1024
	old := s.slots
	s.slots, s.n = make([]uintptr, max(least, 2*len(old))), 0
	for _, p := range old {
		if p != 0 {
			s.add(p)
		}
	}
}

// mix is the last step of MurmurHash3. It puts addresses that are a few bytes apart
// at places that are far apart.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
