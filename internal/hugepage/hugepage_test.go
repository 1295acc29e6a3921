package hugepage

import (
	"testing"
	"unsafe"
)

// TestMake: slices of any length are zero and can be written to their last value.
func TestMake(t *testing.T) {
	for _, n := range []int{0, 1, 4095, 1 << 20, 1<<20 + 7, 3 << 20} {
		values := Make[int64](n)
		if len(values) != n {
			t.Fatalf("%d values, not %d", len(values), n)
		}
		for i := range values {
			if values[i] != 0 {
				t.Fatalf("value %d of %d is %d", i, n, values[i])
			}
			values[i] = int64(i)
		}
	}
}

// TestPages: the pages lie in the memory and leave out less than one at either end.
func TestPages(t *testing.T) {
	const page = 4 << 10
	memory := make([]byte, 8*page)
	for from := range page + 2 {
		for _, n := range []int{2 * page, 3*page - 1, 5*page + 1} {
			got := pages(unsafe.Pointer(&memory[from]), n)
			first := uintptr(unsafe.Pointer(unsafe.SliceData(got))) - uintptr(unsafe.Pointer(&memory[from]))
			left := n - int(first) - len(got)
			if first >= page || left < 0 || left >= page || len(got)%page != 0 || uintptr(unsafe.Pointer(unsafe.SliceData(got)))%page != 0 {
				t.Fatalf("%d bytes from %d: %d bytes from %d on", n, from, len(got), first)
			}
		}
	}
}
