// Package hugepage makes large slices whose memory is quick to touch for the first time.
//
// It imports nothing of this module.
package hugepage

import (
	"syscall"
	"unsafe"
)

// Make makes a slice of n zeros. It asks the kernel for huge pages for large ones: a page
// fault for each 4 KiB may take longer than what computes the values. T has no pointers.
func Make[T any](n int) []T {
	const (
		large        = 4 << 20 // bytes in which a huge page fits wherever they begin
		madvHugepage = 14      // MADV_HUGEPAGE of Linux
	)
	values := make([]T, n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= large {
		// It is only advice: a kernel without huge pages refuses it.
		_ = syscall.Madvise(pages(unsafe.Pointer(unsafe.SliceData(values)), bytes), madvHugepage)
	}
	return values
}

// pages returns the whole pages in some bytes of memory.
func pages(at unsafe.Pointer, bytes int) []byte {
	const page = 4 << 10
	skip := int(-uintptr(at) % page)
	return unsafe.Slice((*byte)(unsafe.Add(at, skip)), (bytes-skip)/page*page)
}
