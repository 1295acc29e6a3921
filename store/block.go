package store

// #include "block.h"
// #cgo noescape microts_fill
// #cgo nocallback microts_fill
// #cgo noescape microts_count
// #cgo nocallback microts_count
// #cgo noescape microts_get
// #cgo nocallback microts_get
// #cgo noescape microts_add_batch
// #cgo nocallback microts_add_batch
import "C"

import (
	"errors"
	"reflect"
	"unsafe"

	"github.com/linxGnu/grocksdb"
)

// row is one row of a block; the same memory as C's microts_row.
type row struct {
	key    Key
	offset uint32 // of the value in the block's values
	length uint32
}

var _ [unsafe.Sizeof(row{})]byte = [C.sizeof_microts_row]byte{}

// cPointer returns the C pointer that an object of grocksdb wraps. grocksdb
// does not export it, so the unexported field c is read; TestCPointer pins it.
func cPointer(object any) unsafe.Pointer {
	return reflect.ValueOf(object).Elem().FieldByName("c").UnsafePointer()
}

// iterator is a RocksDB iterator that moves by blocks of rows. It is for one
// goroutine at a time, and the caller keeps the database open meanwhile.
type iterator struct {
	rocks *grocksdb.Iterator
	c     *C.rocksdb_iterator_t
}

func newIterator(db *grocksdb.DB, options *grocksdb.ReadOptions) iterator {
	it := db.NewIterator(options) // freed by close
	return iterator{it, (*C.rocksdb_iterator_t)(cPointer(it))}
}

func (it iterator) close() { it.rocks.Close() }

// fill reads rows into rows and values, which it does not keep. It begins at
// seek, or, where that is nil, where the last call ended, and goes up to bound
// (down to it in reverse), included. end says that nothing is left; need that
// the next value is larger than values.
func (it iterator) fill(reverse bool, seek, bound *Key, rows []row, values []byte) (n, used, need int, end bool, err error) {
	var (
		cReverse     C.int
		cUsed, cNeed C.size_t
		cState       C.int
		cSeek        *C.uchar
	)
	if reverse {
		cReverse = 1
	}
	if seek != nil {
		cSeek = (*C.uchar)(&seek[0])
	}
	cn := C.microts_fill(it.c, cReverse, KeySize, cSeek, (*C.uchar)(&bound[0]),
		(*C.microts_row)(unsafe.Pointer(unsafe.SliceData(rows))), C.size_t(len(rows)),
		(*C.uchar)(unsafe.SliceData(values)), C.size_t(len(values)), &cUsed, &cNeed, &cState)
	if end = cState == C.MICROTS_END; end {
		err = it.rocks.Err()
	}
	return int(cn), int(cUsed), int(cNeed), end, err
}

// count counts at most limit rows in the same way.
func (it iterator) count(seek, bound *Key, limit int) (n int, end bool, err error) {
	var (
		cState C.int
		cSeek  *C.uchar
	)
	if seek != nil {
		cSeek = (*C.uchar)(&seek[0])
	}
	cn := C.microts_count(it.c, KeySize, cSeek, (*C.uchar)(&bound[0]), C.size_t(limit), &cState)
	if end = cState == C.MICROTS_END; end {
		err = it.rocks.Err()
	}
	return int(cn), end, err
}

// getter looks single keys up. Several goroutines may share one.
type getter struct {
	db      *C.rocksdb_t
	options *C.rocksdb_readoptions_t
}

func newGetter(db *grocksdb.DB, options *grocksdb.ReadOptions) getter {
	return getter{(*C.rocksdb_t)(cPointer(db)), (*C.rocksdb_readoptions_t)(cPointer(options))}
}

// get copies as much of the value under key as buf holds and returns the
// value's whole length, or -1 where there is none. It keeps neither slice.
func (g getter) get(key, buf []byte) (int, error) {
	var (
		length C.size_t
		cErr   *C.char
	)
	found := C.microts_get(g.db, g.options, (*C.uchar)(unsafe.SliceData(key)), C.size_t(len(key)),
		(*C.uchar)(unsafe.SliceData(buf)), C.size_t(len(buf)), &length, &cErr)
	switch {
	case found > 0:
		return int(length), nil
	case found == 0:
		return -1, nil
	}
	return -1, takeError(cErr)
}

// addBatch adds the ticks of a batch, which it does not keep, to a table file.
func addBatch(writer *grocksdb.SSTFileWriter, batch []byte) error {
	var cErr *C.char
	C.microts_add_batch((*C.rocksdb_sstfilewriter_t)(cPointer(writer)), (*C.uchar)(unsafe.SliceData(batch)), C.size_t(len(batch)), &cErr)
	return takeError(cErr)
}

// takeError makes a Go error of one that RocksDB allocated, or nil of nil.
func takeError(cErr *C.char) error {
	if cErr == nil {
		return nil
	}
	err := errors.New(C.GoString(cErr))
	C.rocksdb_free(unsafe.Pointer(cErr)) // allocated by RocksDB
	return err
}
