package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"microts/internal/tick"
)

// A buffer collects writes in the wire form of a RocksDB write batch (wire.go).
// With durability "process" it is a file mapped MAP_SHARED, which the kernel
// keeps when the process dies:
//
//	offset  size  field
//	0       8     magic, "microbuf"
//	8       4     version, 1, little-endian
//	16      36    boot id of the kernel under which it was written
//	64      8     number<<24 | length of the write batch in bytes, little-endian; 0: empty
//	128           the write batch
//
// An entry is in the buffer once the length covers it. The length is stored last, in
// one atomic store together with the number, so a process that dies at any moment
// leaves whole entries or none. The first entry of each write batch puts the buffer's
// number under bufferKey, and RocksDB writes a batch whole or not at all. So recovery
// reads there which buffers were committed.
const (
	bufferMagic   = "microbuf"
	bufferVersion = 1

	bufferVersionAt = 8
	bufferBootAt    = 16
	bufferWordAt    = 64
	bufferDataAt    = 128

	bufferSize = 1 << 20 // of the whole buffer, in bytes
	bootIDSize = 36

	lengthBits = 24
)

type buffer struct {
	path   string // "" on the heap
	mem    []byte // the whole buffer
	data   []byte // the part of mem that holds the write batch
	word   *atomic.Uint64
	number uint64
	n      int    // bytes of data in use; the same as in word
	count  uint32 // entries in data[:n]
	sealed int    // data[:sealed] is covered by seals
	marks  uint64 // which instruments it may hold, see instrumentMark

	plain bool      // it holds nothing but ticks and points, as an ingestion must (ingest.go)
	begun time.Time // when it got its number
}

// newHeapBuffer makes a buffer that is lost when the process dies.
func newHeapBuffer() *buffer {
	return wrapBuffer("", make([]byte, bufferSize))
}

// newMappedBuffer creates the file path and maps it. Its blocks are reserved
// on disk, so that a full disk is an error here and not a signal later.
func newMappedBuffer(path, bootID string) (*buffer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping stays
	if err := unix.Fallocate(int(f.Fd()), 0, 0, bufferSize); err != nil {
		os.Remove(path)
		return nil, fmt.Errorf("reserve %d bytes for %s: %w", bufferSize, path, err)
	}
	mem, err := unix.Mmap(int(f.Fd()), 0, bufferSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		os.Remove(path)
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	b := wrapBuffer(path, mem)
	copy(mem[bufferBootAt:bufferBootAt+bootIDSize], bootID)
	binary.LittleEndian.PutUint32(mem[bufferVersionAt:], bufferVersion)
	copy(mem, bufferMagic)
	return b, nil
}

func wrapBuffer(path string, mem []byte) *buffer {
	return &buffer{
		path: path,
		mem:  mem,
		data: mem[bufferDataAt:],
		word: (*atomic.Uint64)(unsafe.Pointer(&mem[bufferWordAt])),
	}
}

// release unmaps the buffer, unless keepMapped is set, and removes its file, unless
// keepFile is set.
func (b *buffer) release(keepMapped, keepFile bool) (err error) {
	if b.path == "" {
		return nil
	}
	if !keepMapped {
		err = unix.Munmap(b.mem)
		b.mem, b.data, b.word = nil, nil, nil
	}
	if !keepFile {
		if e := os.Remove(b.path); err == nil {
			err = e
		}
	}
	return err
}

// begin empties the buffer and gives it a number. A process that dies within
// leaves it empty.
func (b *buffer) begin(number uint64) {
	b.word.Store(0)
	clear(b.data[:wireHeader])
	b.number, b.n, b.count, b.sealed, b.marks = number, wireHeader, 0, wireHeader, 0
	var value [8]byte
	binary.BigEndian.PutUint64(value[:], number)
	b.put([]byte(bufferKey), string(value[:]))
	b.plain, b.begun = true, time.Now()
}

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
	b.publish(b.n + at)
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
	b.count += uint32(len(entries) - 1)
	b.publish(b.n + at)
	return true
}

// publish makes data[:n] the buffer's content, which is one entry more than before.
func (b *buffer) publish(n int) {
	if n-b.sealed >= sealEvery {
		n = b.seal(n)
	}
	b.n = n
	b.count++
	b.word.Store(b.number<<lengthBits | uint64(n))
}

// seal appends a seal at data[n] and returns where it ends.
func (b *buffer) seal(n int) int {
	sum := sealSum(b.number, b.data[b.sealed:n])
	b.data[n], b.data[n+1] = tagSeal, sealSize-2
	binary.LittleEndian.PutUint32(b.data[n+2:], sum)
	b.sealed = n + sealSize
	return b.sealed
}

// writeBatch returns the write batch that the buffer holds. It is a part of the
// buffer.
func (b *buffer) writeBatch() []byte {
	binary.LittleEndian.PutUint32(b.data[8:], b.count)
	return b.data[:b.n]
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
func instrumentMark(in *tick.Instrument) uint64 {
	return mark(binary.LittleEndian.Uint64(in[2:]) ^ uint64(in[0]) ^ uint64(in[1])<<8)
}

// allMarks are the marks of all instruments.
const allMarks = ^uint64(0)

func mark(h uint64) uint64 { return 1 << (h * 0x9e3779b97f4a7c15 >> 58) }

// leftBuffer is a buffer's file that an earlier process left.
type leftBuffer struct {
	path     string
	number   uint64
	data     []byte // the write batch, up to the length that was published
	sameBoot bool   // it was written since the kernel started
}

// parseLeftBuffer reads the bytes of a buffer's file, which may be damaged. ok is
// false if the file holds no entries.
func parseLeftBuffer(mem []byte, bootID string) (b leftBuffer, ok bool, err error) {
	if len(mem) < bufferDataAt || !bytes.Equal(mem[:len(bufferMagic)], []byte(bufferMagic)) {
		return b, false, nil // the process died while it made the file
	}
	if v := binary.LittleEndian.Uint32(mem[bufferVersionAt:]); v != bufferVersion {
		return b, false, fmt.Errorf("buffer has version %d, this microts reads version %d", v, bufferVersion)
	}
	word := binary.LittleEndian.Uint64(mem[bufferWordAt:])
	length := int(word & (1<<lengthBits - 1))
	if word == 0 {
		return b, false, nil
	}
	b.number = word >> lengthBits
	b.sameBoot = bootID != "" && string(mem[bufferBootAt:bufferBootAt+bootIDSize]) == bootID
	b.data = mem[bufferDataAt:min(bufferDataAt+length, len(mem))]
	return b, true, nil
}

// bootID returns the id that the kernel gave itself when it started, or "".
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil || len(id) < bootIDSize {
		return ""
	}
	return string(id[:bootIDSize])
}
