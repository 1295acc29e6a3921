package luavm

// Once returns what made returned when it was first called for a key in this state: a
// package keeps here what it has once for each state. So that packages do not share keys,
// the key has a type of the package's own, as with context.WithValue.
func (s *State) Once(key any, made func() any) any {
	v, ok := s.once[key]
	if !ok {
		if s.once == nil {
			s.once = map[any]any{}
		}
		v = made()
		s.once[key] = v
	}
	return v
}
