package compat

import "testing"

// TestJitOffKeepsLoopsFromMachineCode: jit.off and jit.on of a function do nothing.
func TestJitOffKeepsLoopsFromMachineCode(t *testing.T) {
	s := newState(t)
	before := s.UsesMachineCode() // MICROTS_JIT may be "off"
	for _, c := range []struct {
		source string
		want   bool
	}{
		{"jit.off()", false},
		{"jit.on(print)", false},
		{"jit.on()", before},
		{"jit.off(print)", before},
		{"jit.off(true, true)", before},
	} {
		if _, err := run(s, c.source, c.source); err != nil || s.UsesMachineCode() != c.want {
			t.Errorf("after %s: %v, machine code %v", c.source, err, s.UsesMachineCode())
		}
	}
}
