package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// leftBuffer is a buffer's file that an earlier process left, and how much of it can be
// trusted: data[:end]. It begins at the first byte of the write batch and ends with the
// last group of entries whose checksum matches. A group's checksum is that of the seal
// that ends it, or, of the last group, that of the header's word.
//
// A buffer is damaged if the word's checksum does not match: then an entry that was put
// may be missing. The death of a process cannot leave that. A power failure can, since
// the pages of the file reach the disk in any order, or not at all. On the other hand
// pages may be newer than the word: seals count behind the length too.
//
// In version 1 no checksum covers the last group. It counts if the buffer was written
// since the kernel started.
type leftBuffer struct {
	path     string
	number   uint64
	known    bool   // number is certain
	sameBoot bool   // it was written since the kernel started
	data     []byte // the write batch and what stands behind it in the file
	length   int    // of the write batch, as the word says
	sum      uint32 // of the last group, as the word says
	unsummed bool   // version 1: the word has no checksum

	end     int    // where the entries end that can be trusted
	count   uint32 // of the entries that can be trusted, the buffer's number included
	damaged bool
}

// parseLeftBuffer reads the bytes of a buffer's file, which may be damaged. ok is
// false if the file holds no entries and has never held any that RocksDB does not have.
// An error says that a newer microts wrote the file.
func parseLeftBuffer(mem []byte, bootID string) (b leftBuffer, ok bool, err error) {
	behind := mem[min(bufferWordAt, len(mem)):]
	if bytes.Count(behind, []byte{0}) == len(behind) {
		return b, false, nil // the process died while it made the file
	}
	header := make([]byte, bufferDataAt)
	copy(header, mem)
	b.data = mem[min(bufferDataAt, len(mem)):]
	b.sameBoot = bootID != "" && string(header[bufferBootAt:bufferBootAt+bootIDSize]) == bootID
	isBuffer := string(header[:len(bufferMagic)]) == bufferMagic
	version := binary.LittleEndian.Uint32(header[bufferVersionAt:])
	word := binary.LittleEndian.Uint64(header[bufferWordAt:])
	switch whole := headerSum(header) == binary.LittleEndian.Uint32(header[bufferHeaderSumAt:]); {
	case isBuffer && version == 1:
		if word == 0 {
			return b, false, nil
		}
		b.parse1(word)
	case word == emptyWord:
		return b, false, nil
	default:
		b.parse2(header, word, whole)
		if isBuffer && version != bufferVersion && (whole || b.count == 0) {
			return b, false, fmt.Errorf("buffer has version %d, this microts reads versions 1 and %d", version, bufferVersion)
		}
	}
	return b, b.damaged || b.count > 1, nil
}

// parse1 reads a buffer of version 1.
func (b *leftBuffer) parse1(word uint64) {
	const lengthBits = 24
	b.unsummed = true
	b.number, b.length = word>>lengthBits, int(word&(1<<lengthBits-1))
	b.known = b.number == b.firstEntry()
	b.verify()
}

// parse2 reads a buffer of version 2. wholeHeader says that the checksum of its header
// matches.
func (b *leftBuffer) parse2(header []byte, word uint64, wholeHeader bool) {
	b.length, b.sum = int(word&(1<<lengthBits-1)), uint32(word>>32)
	b.number = binary.LittleEndian.Uint64(header[bufferNumberAt:])
	if !wholeHeader {
		b.number = b.firstEntry()
	}
	b.verify()
	b.known = wholeHeader || b.count > 0
}

// firstEntry returns the buffer's number as its first entry says, or 0.
func (b *leftBuffer) firstEntry() uint64 {
	if len(b.data) <= wireHeader {
		return 0
	}
	r, err := readEntry(b.data, wireHeader)
	if err != nil || r.tag != tagPut || string(r.key) != bufferKey || len(r.value) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(r.value)
}

// verify finds out how much of the buffer can be trusted.
func (b *leftBuffer) verify() {
	b.damaged = true
	for at := wireHeader; ; {
		g, ok := b.readGroup(at)
		if !ok {
			return
		}
		b.end = g.end
		b.count += g.count
		if g.last {
			b.damaged = false
			if b.sameBoot || g.end == at {
				return
			}
		}
		at = g.end
	}
}

// group is the entries between two checksums.
type group struct {
	end   int // behind its seal, if it has one
	count uint32
	last  bool // the length of the write batch is its end, or within
}

// readGroup reads the group that begins at data[start]. ok is false if no checksum
// matches it.
func (b *leftBuffer) readGroup(start int) (g group, ok bool) {
	count := uint32(0)
	for at := start; ; count++ {
		if at == b.length && b.wordCovers(start) {
			g, ok = group{at, count, true}, true
			if b.sameBoot {
				return g, ok
			}
		}
		r, more := b.entry(at)
		if !more {
			return g, ok
		}
		if r.tag == tagSeal {
			if binary.LittleEndian.Uint32(r.key) == sealSum(b.number, b.data[start:at]) {
				g, ok = group{r.end, count, g.last}, true
			}
			return g, ok
		}
		at = r.end
	}
}

// wordCovers says whether the word's checksum matches the group from start to length.
func (b *leftBuffer) wordCovers(start int) bool {
	if b.unsummed {
		return b.known && (b.sameBoot || start == b.length)
	}
	return b.sum == sealSum(b.number, b.data[start:b.length])
}

// entry reads an entry or a seal. ok is false if there is none.
func (b *leftBuffer) entry(at int) (r entry, ok bool) {
	if at >= len(b.data) {
		return r, false
	}
	r, err := readEntry(b.data, at)
	return r, err == nil && len(r.key) > 0 // zeros read as deletes of the key ""
}

// goesOn says whether something that can be trusted stands behind the damage: then the
// damage is not at the end of what was put.
func (b *leftBuffer) goesOn() bool {
	for at := b.end; at+sealSize <= len(b.data); at++ {
		if b.data[at] != tagSeal || b.data[at+1] != crc32.Size {
			continue
		}
		if g, ok := b.readGroup(at + sealSize); ok && g.count > 0 {
			return true
		}
	}
	return false
}

// rest returns what of the buffer cannot be trusted: how many bytes, and how many
// entries these look like. Both are estimates, since the damage may be anywhere.
func (b *leftBuffer) rest() (size, entries int) {
	at := max(b.end, wireHeader)
	begin := at
	for b.length <= begin || at < b.length {
		r, ok := b.entry(at)
		if !ok {
			break
		}
		if r.tag != tagSeal {
			entries++
		}
		at = r.end
	}
	if b.count == 0 && entries > 0 {
		entries-- // the buffer's number
	}
	return max(at, min(b.length, len(b.data))) - begin, entries
}
