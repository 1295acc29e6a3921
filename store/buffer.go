package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"microts/internal/tick"
)

// A buffer collects writes in the wire form of a RocksDB write batch (wire.go).
// With durability "process" it is a file mapped MAP_SHARED, which the kernel
// keeps when the process dies. Integers are little-endian:
//
//	offset  size  field
//	0       8     magic, "microbuf"
//	8       4     version, 2
//	16      36    boot id of the kernel under which it was written
//	56      8     number
//	64      8     word, see below
//	72      4     CRC-32C of bytes 0 to 63
//	128           the write batch
//
//	bits of the word  what
//	0 to 19           length of the write batch in bytes
//	20 to 31          the lowest bits of the number
//	32 to 63          CRC-32C of the number (8 bytes) and of all bytes since the last seal
//
// An entry is in the buffer once the length covers it. The word is stored last, in one
// atomic store, so a process that dies at any moment leaves whole entries with their
// checksum, or none. emptyWord stands there while the buffer gets its number.
//
// So after the death of a process every byte up to the length has a checksum that
// matches: its seal's, or the word's. Where one does not match, the buffer is damaged;
// bytes behind the length are leftovers. How damage is told from what a power failure
// leaves is in leftbuffer.go.
//
// The first entry of each write batch puts the buffer's number under bufferKey, and
// RocksDB writes a batch whole or not at all. So recovery reads there which buffers
// were committed.
//
// Version 1 had no number and no checksum in its header: its word was
// number<<24 | length, or 0 while the buffer was empty, and no checksum covered the
// bytes after the last seal.
const (
	bufferMagic   = "microbuf"
	bufferVersion = 2

	bufferVersionAt   = 8
	bufferBootAt      = 16
	bufferNumberAt    = 56
	bufferWordAt      = 64
	bufferHeaderSumAt = 72
	bufferDataAt      = 128

	bufferSize = 1 << 20 // of the whole buffer, in bytes
	bootIDSize = 36

	lengthBits = 20

	emptyWord = uint64(1<<32-1) << 32
)

type buffer struct {
	file   *os.File // nil on the heap
	id     fileID   // of file
	mem    []byte   // the whole buffer
	data   []byte   // the part of mem that holds the write batch
	word   *atomic.Uint64
	number uint64
	n      int    // bytes of data in use; the same as in word
	count  uint32 // entries in data[:n]
	sealed int    // data[:sealed] is covered by seals
	sum    uint32 // sealSum of number and data[sealed:n]
	marks  uint64 // which instruments it may hold, see instrumentMark

	plain bool      // it holds nothing but ticks and points, as an ingestion must (ingest.go)
	begun time.Time // when it got its number
}

// newHeapBuffer makes a buffer that is lost when the process dies.
func newHeapBuffer() *buffer {
	return wrapBuffer(nil, make([]byte, bufferSize))
}

// newMappedBuffer creates the file path, which must not exist, and maps it. Its blocks
// are reserved on disk, so that a full disk is an error here. A file system that copies
// on write reserves nothing: see fault.go.
func newMappedBuffer(path, bootID string) (*buffer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	mem, err := mapBuffer(f, bootID)
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	b := wrapBuffer(f, mem)
	b.id, err = identify(path)
	return b, err
}

func mapBuffer(f *os.File, bootID string) (mem []byte, err error) {
	if err := unix.Fallocate(int(f.Fd()), 0, 0, bufferSize); err != nil {
		return nil, fmt.Errorf("reserve %d bytes for %s: %w", bufferSize, f.Name(), err)
	}
	var header [bufferDataAt]byte
	copy(header[:], bufferMagic)
	binary.LittleEndian.PutUint32(header[bufferVersionAt:], bufferVersion)
	copy(header[bufferBootAt:bufferBootAt+bootIDSize], bootID)
	binary.LittleEndian.PutUint64(header[bufferWordAt:], emptyWord)
	if _, err := f.WriteAt(header[:], 0); err != nil {
		return nil, err
	}
	if mem, err = unix.Mmap(int(f.Fd()), 0, bufferSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return nil, fmt.Errorf("map %s: %w", f.Name(), err)
	}
	return mem, nil
}

func wrapBuffer(file *os.File, mem []byte) *buffer {
	return &buffer{
		file: file,
		mem:  mem,
		data: mem[bufferDataAt:],
		word: (*atomic.Uint64)(unsafe.Pointer(&mem[bufferWordAt])),
	}
}

// release unmaps the buffer, unless keepMapped is set, and removes its file, unless
// keepFile is set.
func (b *buffer) release(keepMapped, keepFile bool) (err error) {
	if b.file == nil {
		return nil
	}
	if !keepMapped {
		err = unix.Munmap(b.mem)
		b.mem, b.data, b.word = nil, nil, nil
	}
	if !keepFile {
		if e := os.Remove(b.file.Name()); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, b.file.Close())
}

// begin empties the buffer and gives it a number. A process that dies within
// leaves it empty.
func (b *buffer) begin(number uint64) {
	b.word.Store(emptyWord)
	binary.LittleEndian.PutUint64(b.mem[bufferNumberAt:], number)
	binary.LittleEndian.PutUint32(b.mem[bufferHeaderSumAt:], headerSum(b.mem))
	clear(b.data[:wireHeader])
	b.number, b.n, b.count, b.sealed, b.marks = number, wireHeader, 0, wireHeader, 0
	b.sum = sealSum(number, nil)
	var value [8]byte
	binary.BigEndian.PutUint64(value[:], number)
	b.put([]byte(bufferKey), string(value[:]))
	b.plain, b.begun = true, time.Now()
}

// headerSum returns the checksum of a buffer's header.
func headerSum(mem []byte) uint32 { return crc32.Checksum(mem[:bufferWordAt], castagnoli) }

// empty says whether the buffer holds nothing but its own number.
func (b *buffer) empty() bool { return b.count <= 1 }

const maxVarint = 3 // bytes of a length up to 2 MiB

// putTick appends a tick, and returns false if there is no room. The caller
// has checked the arguments' ranges.
func (b *buffer) putTick(in *tick.Instrument, ts int64, seq uint16, value string) bool {
	d := b.data[b.n:]
	if len(d) < 2+tickKeySize+maxVarint+len(value)+sealSize {
		return false
	}
	d[0], d[1] = tagPut, tickKeySize
	(*tickKey)(d[2:]).set(*in, ts, seq)
	b.finishPut(tickKeySize, value, instrumentMark(in))
	return true
}

// putPoint appends a put of a key of at most 127 bytes, not a reserved one.
func (b *buffer) putPoint(key []byte, value string, marks uint64) bool {
	d := b.data[b.n:]
	if len(d) < 2+len(key)+maxVarint+len(value)+sealSize {
		return false
	}
	d[0], d[1] = tagPut, byte(len(key))
	copy(d[2:], key)
	b.finishPut(len(key), value, marks)
	return true
}

// finishPut appends the value to a put whose tag and key are written.
func (b *buffer) finishPut(keySize int, value string, marks uint64) {
	d := b.data[b.n:]
	at := 2 + keySize
	if len(value) < 0x80 {
		d[at] = byte(len(value))
		at++
	} else {
		at += binary.PutUvarint(d[at:], uint64(len(value)))
	}
	at += copy(d[at:], value)
	b.marks |= marks
	b.publish(b.n+at, 1)
}

// put appends a put of any key.
func (b *buffer) put(key []byte, value string) bool {
	return b.appendEntry(tagPut, key, value)
}

// appendEntry appends a put or, without the value, a delete.
func (b *buffer) appendEntry(tag byte, key []byte, value string) bool {
	return b.appendEntries([]rawEntry{{tag, key, value}})
}

// rawEntry is a put or a delete of any key.
type rawEntry struct {
	tag   byte
	key   []byte
	value string
}

// size returns how many bytes an entry takes at most.
func (r *rawEntry) size() int { return 1 + 2*maxVarint + len(r.key) + len(r.value) }

// maxEntries is how many bytes of entries an empty buffer has room for. 64 bytes are
// for the buffer's number.
const maxEntries = bufferSize - bufferDataAt - wireHeader - sealSize - 64

// appendEntries appends all entries and returns true. If there is no room for all, it
// appends none and returns false.
func (b *buffer) appendEntries(entries []rawEntry) bool {
	size := sealSize
	for i := range entries {
		size += entries[i].size()
	}
	d := b.data[b.n:]
	if len(d) < size {
		return false
	}
	at := 0
	for _, r := range entries {
		d[at] = r.tag
		at++
		at += binary.PutUvarint(d[at:], uint64(len(r.key)))
		at += copy(d[at:], r.key)
		if r.tag != tagDelete {
			at += binary.PutUvarint(d[at:], uint64(len(r.value)))
			at += copy(d[at:], r.value)
		}
		if !bytes.Equal(r.key, []byte(bufferKey)) {
			b.marks = allMarks
		}
	}
	b.plain = false
	b.publish(b.n+at, uint32(len(entries)))
	return true
}

// publish makes data[:n] the buffer's content, which is so many entries more than
// before. The store of the word may fault (fault.go); then nothing has changed.
func (b *buffer) publish(n int, entries uint32) {
	sum, sealed := crc32.Update(b.sum, castagnoli, b.data[b.n:n]), b.sealed
	if n-sealed >= sealEvery {
		b.data[n], b.data[n+1] = tagSeal, sealSize-2
		binary.LittleEndian.PutUint32(b.data[n+2:], sum)
		n += sealSize
		sum, sealed = sealSum(b.number, nil), n
	}
	b.word.Store(uint64(sum)<<32 | b.number<<lengthBits&(1<<32-1) | uint64(n))
	b.n, b.sum, b.sealed = n, sum, sealed
	b.count += entries
}

// writeBatch returns the write batch that the buffer holds. It is a part of the
// buffer, or a copy if the buffer cannot be written to.
func (b *buffer) writeBatch() []byte {
	wire := b.data[:b.n]
	if b.guard(func() { binary.LittleEndian.PutUint32(wire[8:], b.count) }) != nil {
		wire = bytes.Clone(wire)
		binary.LittleEndian.PutUint32(wire[8:], b.count)
	}
	return wire
}

// marker returns a write batch that holds the buffer's number alone.
func (b *buffer) marker() []byte {
	r, _ := readEntry(b.data, wireHeader) // begin wrote it
	wire := bytes.Clone(b.data[:r.end])
	binary.LittleEndian.PutUint32(wire[8:], 1)
	return wire
}

// instrumentMark returns one bit of 64 for an instrument. A buffer whose marks lack
// the bit holds nothing of the instrument.
func instrumentMark(in *tick.Instrument) uint64 { return 1 << (instrumentHash(in) >> 58) }

// instrumentHash returns a hash of an instrument, whose upper bits are the better ones.
func instrumentHash(in *tick.Instrument) uint64 {
	return hash(binary.LittleEndian.Uint64(in[2:]) ^ uint64(in[0]) ^ uint64(in[1])<<8)
}

// allMarks are the marks of all instruments.
const allMarks = ^uint64(0)

// mark returns what instrumentMark does, for any 8 bytes.
func mark(of uint64) uint64 { return 1 << (hash(of) >> 58) }

func hash(of uint64) uint64 { return of * 0x9e3779b97f4a7c15 }

// bootID returns the id that the kernel gave itself when it started, or "".
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil || len(id) < bootIDSize {
		return ""
	}
	return string(id[:bootIDSize])
}
