package luavm

// attachment is what Go code keeps for a state under a key of its own.
type attachment struct{ key, value any }

// Attach keeps a value for the state. The key is of a type of the package that calls, so
// that it is no key of others. A second value takes the place of the first.
func (s *State) Attach(key, value any) {
	for i := range s.attached {
		if s.attached[i].key == key {
			s.attached[i].value = value
			return
		}
	}
	s.attached = append(s.attached, attachment{key, value})
}

// Attached returns what Attach keeps under a key, or nil.
func (s *State) Attached(key any) any {
	for i := range s.attached {
		if s.attached[i].key == key {
			return s.attached[i].value
		}
	}
	return nil
}
