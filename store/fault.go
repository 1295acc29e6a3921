package store

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"unsafe"

	"microts/internal/tick"
)

// A store to a mapped buffer faults if the kernel cannot provide the page: when the disk
// is full on a file system that copies on write (btrfs; XFS after cp --reflink), where
// reserved blocks do not count, when the disk fails, or when another program has cut the
// file. The kernel then sends SIGBUS, which ends a Go process. In a guarded call the
// fault is an error: the put is refused, and the buffer holds what it held before.

// errFault is returned after a fault whose cause was gone when it was looked for.
var errFault = errors.New("the kernel could not provide a page of the file")

// guard calls do, which reads or writes the buffer's memory. It returns why the memory
// faulted, or nil.
func (b *buffer) guard(do func()) (err error) {
	if b.file == nil {
		do()
		return nil
	}
	defer b.endGuard(debug.SetPanicOnFault(true), &err)
	do()
	return nil
}

// endGuard ends a guarded call. It is deferred with what SetPanicOnFault(true) returned.
func (b *buffer) endGuard(before bool, err *error) {
	debug.SetPanicOnFault(before)
	cause := recover()
	if cause == nil {
		return
	}
	fault, ok := cause.(interface{ Addr() uintptr })
	if !ok {
		panic(cause)
	}
	at := fault.Addr() - uintptr(unsafe.Pointer(unsafe.SliceData(b.mem)))
	if at >= uintptr(len(b.mem)) {
		panic(cause)
	}
	*err = b.faultAt(int64(at))
}

// faultAt asks the kernel why the byte at an offset of the file cannot be written: it
// writes the byte that stands there.
func (b *buffer) faultAt(at int64) error {
	var there [1]byte
	if _, err := b.file.ReadAt(there[:], at); errors.Is(err, io.EOF) {
		return fmt.Errorf("write %s: another program has cut the file", b.file.Name())
	} else if err != nil {
		return err
	}
	if _, err := b.file.WriteAt(there[:], at); err != nil {
		return err
	}
	return fmt.Errorf("write %s: %w", b.file.Name(), errFault)
}

// tryTick is putTick, and false if the buffer's memory faults too.
func (b *buffer) tryTick(in *tick.Instrument, ts int64, seq uint16, value string) (ok bool) {
	if b.file == nil {
		return b.putTick(in, ts, seq, value)
	}
	var err error
	defer b.endGuard(debug.SetPanicOnFault(true), &err)
	return b.putTick(in, ts, seq, value)
}

// readable returns why the memory of buffers cannot be read, or nil. In C, which reads it
// next, a fault would end the process.
func readable(buffers []*buffer) (err error) {
	for _, b := range buffers {
		if e := b.guard(b.touch); e != nil {
			err = e
		}
	}
	return err
}

// touch reads a byte of each page that the buffer uses.
func (b *buffer) touch() {
	const pageSize = 4096 // no page is smaller
	sum := byte(0)
	for at := 0; at < b.n; at += pageSize {
		sum += b.data[at]
	}
	runtime.KeepAlive(sum) // or the compiler would drop the reads
}
