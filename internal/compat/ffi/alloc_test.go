//go:build !race

package ffi_test

import (
	"testing"

	"microts/internal/luavm"
)

// TestElementsAllocateNothing measures reads and writes of elements, and the functions of
// the C library that write into buffers.
func TestElementsAllocateNothing(t *testing.T) {
	for _, name := range []string{"elements", "C library"} {
		s := newState(t)
		loop := run(t, s, benchmarks[name], name)[0]
		const rounds = 1000
		allocs := testing.AllocsPerRun(10, func() {
			if _, err := s.Call(loop, luavm.Int(rounds)); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > rounds/20 { // a loop that begins allocates a little
			t.Errorf("%s: %v allocations in %d rounds", name, allocs, rounds)
		}
	}
}
