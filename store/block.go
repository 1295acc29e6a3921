package store

// #include "block.h"
// #cgo noescape microts_fill
// #cgo nocallback microts_fill
// #cgo noescape microts_fill_records
// #cgo nocallback microts_fill_records
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
	"runtime"
	"unsafe"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

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

// span is the keys of ticks, or of the points of one series, from first to last,
// both included. Several goroutines may share one that nobody changes.
type span struct {
	first, last []byte // of one length, and in one allocation
	kind        int    // of format V1: the byte that ends each key; anyKind of format V2
}

const anyKind = -1

// newSpan makes a span of keys of some length. The caller sets the keys.
func newSpan(keySize, kind int) span {
	keys := make([]byte, 2*keySize)
	return span{keys[:keySize:keySize], keys[keySize:], kind}
}

// pin returns the span for a C function, which may use it until pinner unpins.
func (s *span) pin(pinner *runtime.Pinner) C.microts_span {
	first, last := unsafe.SliceData(s.first), unsafe.SliceData(s.last)
	pinner.Pin(first) // and last, in the same allocation
	return C.microts_span{
		first: (*C.uchar)(first), last: (*C.uchar)(last),
		key_size: C.size_t(len(s.first)), kind: C.int(s.kind),
	}
}

// columns are memory for a block of at most len(times) rows, in one allocation, and for
// their values.
type columns struct {
	times   []int64
	seqs    []uint16
	offsets []uint32 // one more than there are times
	values  []byte
}

// grow makes room for n rows.
func (c *columns) grow(n int) {
	if len(c.times) >= n {
		return
	}
	m := newMemory(8*n + 4*(n+1) + 2*n)
	c.times, c.offsets, c.seqs = cut[int64](&m, n), cut[uint32](&m, n+1), cut[uint16](&m, n)
}

// memory is an allocation that is cut into slices.
type memory struct {
	words []int64 // no pointers, and aligned for all numbers
	used  int     // bytes
}

// newMemory returns memory of so many bytes.
func newMemory(bytes int) memory { return memory{words: make([]int64, (bytes+7)/8)} }

// cut cuts a slice of n numbers off. The slices of larger numbers are cut off first.
func cut[T any](m *memory, n int) []T {
	at := m.used
	m.used += n * int(unsafe.Sizeof(*new(T)))
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.words)), at)), n)
}

// block returns the first n rows. bytes are values.
func (c *columns) block(n int, bytes string) tick.Block {
	return tick.Block{Times: c.times[:n], Seqs: c.seqs[:n], Values: tick.Values{Bytes: bytes, Offsets: c.offsets[:n+1]}}
}

// fill reads at most limit rows of a span into columns, which have room for them; it
// keeps neither. With start it begins at the span's beginning (in reverse, at its end),
// else where the last call ended. end says that nothing is left. need is 0, or the size
// of the next value, for which values is too small. If fill passes over many keys that
// are no rows, it returns without a row.
func (it iterator) fill(reverse bool, s *span, start bool, into *columns, limit int) (n, need int, end bool, err error) {
	var (
		cNeed  C.size_t
		cState C.int
		pinner runtime.Pinner // allocates nothing for up to five pointers
	)
	defer pinner.Unpin()
	cSpan := s.pin(&pinner)
	times, values := unsafe.SliceData(into.times), unsafe.SliceData(into.values)
	pinner.Pin(times) // and the other columns, in the same allocation
	pinner.Pin(values)
	cColumns := C.microts_columns{
		times: (*C.int64_t)(times), seqs: (*C.uint16_t)(unsafe.SliceData(into.seqs)), offsets: (*C.uint32_t)(unsafe.SliceData(into.offsets)),
		max_rows: C.size_t(limit), values: (*C.uchar)(values), max_values: C.size_t(len(into.values)),
	}
	cn := C.microts_fill(it.c, cBool(reverse), &cSpan, cBool(start), &cColumns, &cNeed, &cState)
	if end = cState == C.MICROTS_END; end {
		err = it.rocks.Err()
	}
	return int(cn), int(cNeed), end, err
}

// records are memory for a block of at most len(rows) rows in columns of tick records, in
// one allocation, and for the values that are none.
type records struct {
	all tick.Columns // of which those that are asked for have room for all rows

	rows, ends  []uint32 // of microts_others
	seqs        []uint16
	values      []byte
	others      []int // those of the block, as tick.Columns has them
	otherValues []string
}

// grow makes room for n rows of the columns of a set.
func (r *records) grow(n int, set tick.ColumnSet) {
	if len(r.rows) >= n {
		return
	}
	const row = 3*8 + 4*4 + 2*2 + 2*1 // bytes with all columns
	m := newMemory(n * row)
	c := &r.all
	c.Times = cut[int64](&m, n)
	if set&tick.OrderNoColumn != 0 {
		c.OrderNos = cut[uint64](&m, n)
	}
	if set&tick.TickNoColumn != 0 {
		c.TickNos = cut[uint64](&m, n)
	}
	if set&tick.PriceColumn != 0 {
		c.Prices = cut[int32](&m, n)
	}
	if set&tick.QtyColumn != 0 {
		c.Qtys = cut[uint32](&m, n)
	}
	r.rows, r.ends = cut[uint32](&m, n), cut[uint32](&m, n)
	if set&tick.SeqColumn != 0 {
		c.Seqs = cut[uint16](&m, n)
	}
	r.seqs = cut[uint16](&m, n)
	if set&tick.ChannelColumn != 0 {
		c.Channels = cut[uint8](&m, n)
	}
	if set&tick.SideColumn != 0 {
		c.Sides = cut[tick.Side](&m, n)
	}
}

// columns returns the first n rows, which fillRecords has read.
func (r *records) columns(n int) tick.Columns {
	c := r.all.Part(0, n)
	c.Others, c.OtherSeqs, c.OtherValues = r.others, r.seqs[:len(r.others)], r.otherValues
	return c
}

// fillRecords is fill for columns of tick records. It makes one string of all values that
// are no records.
func (it iterator) fillRecords(reverse bool, s *span, start bool, into *records, limit int) (n, need int, end bool, err error) {
	var (
		cNeed  C.size_t
		cState C.int
		pinner runtime.Pinner
	)
	defer pinner.Unpin()
	cSpan := s.pin(&pinner)
	c := &into.all
	times, values := unsafe.SliceData(c.Times), unsafe.SliceData(into.values)
	pinner.Pin(times) // and the other columns, in the same allocation
	pinner.Pin(values)
	cRecords := C.microts_records{
		times: (*C.int64_t)(times), seqs: (*C.uint16_t)(unsafe.SliceData(c.Seqs)),
		prices: (*C.int32_t)(unsafe.SliceData(c.Prices)), qtys: (*C.uint32_t)(unsafe.SliceData(c.Qtys)),
		channels: (*C.uint8_t)(unsafe.SliceData(c.Channels)), sides: (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(c.Sides))),
		order_nos: (*C.uint64_t)(unsafe.SliceData(c.OrderNos)), tick_nos: (*C.uint64_t)(unsafe.SliceData(c.TickNos)),
		max_rows: C.size_t(limit),
		others: C.microts_others{
			rows: (*C.uint32_t)(unsafe.SliceData(into.rows)), seqs: (*C.uint16_t)(unsafe.SliceData(into.seqs)), ends: (*C.uint32_t)(unsafe.SliceData(into.ends)),
			values: (*C.uchar)(values), max_values: C.size_t(len(into.values)),
		},
	}
	cn := C.microts_fill_records(it.c, cBool(reverse), &cSpan, cBool(start), &cRecords, &cNeed, &cState)
	if end = cState == C.MICROTS_END; end {
		err = it.rocks.Err()
	}
	into.setOthers(int(cRecords.others.n))
	return int(cn), int(cNeed), end, err
}

// setOthers sets the n rows that are no tick records.
func (r *records) setOthers(n int) {
	r.others, r.otherValues = r.others[:0], r.otherValues[:0]
	if n == 0 {
		return
	}
	all, from := string(r.values[:r.ends[n-1]]), uint32(0)
	for i, end := range r.ends[:n] {
		r.others, r.otherValues = append(r.others, int(r.rows[i])), append(r.otherValues, all[from:end])
		from = end
	}
}

// count counts rows in the same way, forwards: those among the next 65536 keys.
func (it iterator) count(s *span, start bool) (n int, end bool, err error) {
	var (
		cState C.int
		pinner runtime.Pinner
	)
	defer pinner.Unpin()
	cSpan := s.pin(&pinner)
	cn := C.microts_count(it.c, &cSpan, cBool(start), &cState)
	if end = cState == C.MICROTS_END; end {
		err = it.rocks.Err()
	}
	return int(cn), end, err
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// getter looks up single keys. Several goroutines may share one.
type getter struct {
	db      *C.rocksdb_t
	options *C.rocksdb_readoptions_t
}

func newGetter(db *grocksdb.DB, options *grocksdb.ReadOptions) getter {
	return getter{(*C.rocksdb_t)(cPointer(db)), (*C.rocksdb_readoptions_t)(cPointer(options))}
}

// get copies as much of the value under key as buf holds and returns the
// value's whole length, or -1 if there is none. It keeps neither slice.
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

// addBatch adds the ticks of a write batch, which it does not keep, to a table file.
func addBatch(writer *grocksdb.SSTFileWriter, batch []byte) error {
	var cErr *C.char
	C.microts_add_batch((*C.rocksdb_sstfilewriter_t)(cPointer(writer)), (*C.uchar)(unsafe.SliceData(batch)), C.size_t(len(batch)), &cErr)
	return takeError(cErr)
}

// takeError returns an error of RocksDB as a Go error and frees it; nil stays nil.
func takeError(cErr *C.char) error {
	if cErr == nil {
		return nil
	}
	err := errors.New(C.GoString(cErr))
	C.rocksdb_free(unsafe.Pointer(cErr))
	return err
}
