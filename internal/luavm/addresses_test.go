package luavm

import (
	"testing"
	"unsafe"
)

func TestAddressSet(t *testing.T) {
	var s addressSet
	want := map[uintptr]bool{}
	for i := range 100_000 {
		p := uintptr(unsafe.Pointer(&want)) + uintptr(i%60_000*112)
		if s.add(p) == want[p] {
			t.Fatalf("address %d: new %v", i, want[p])
		}
		want[p] = true
	}
}

// BenchmarkAddressSet adds each of 100,000 addresses twice, as Memory does with
// values that two others refer to. One operation is one address.
func BenchmarkAddressSet(b *testing.B) {
	const addresses = 100_000
	address := func(i int) uintptr { return 0xc000_0000_00 + uintptr(i%addresses*112) }
	b.Run("addressSet", func(b *testing.B) {
		for n := 0; n < b.N; n += 2 * addresses {
			var s addressSet
			for i := range 2 * addresses {
				s.add(address(i))
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		for n := 0; n < b.N; n += 2 * addresses {
			s := map[uintptr]struct{}{}
			for i := range 2 * addresses {
				if _, ok := s[address(i)]; !ok {
					s[address(i)] = struct{}{}
				}
			}
		}
	})
}
