package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
)

// The form of RocksDB's WALs and MANIFESTs (rocksdb/db/log_format.h): blocks of
// logBlock bytes, each a row of fragments. Integers are little-endian.
//
//	size  field
//	4     masked CRC-32C of all that follows, but for the length
//	2     length of the payload
//	1     kind: 1 a whole record, 2 its first fragment, 3 one in the middle, 4 its last;
//	      5 to 8 are the same, recyclable
//	4     the low half of the number of the log; only in recyclable fragments
//	...   payload
//
// A block whose rest is too short for a fragment's header ends in zeros. So does a
// file that was preallocated, or whose machine lost power.
const (
	logBlock            = 32 << 10
	logHeader           = 4 + 2 + 1
	logRecyclableHeader = logHeader + 4

	logWhole  = 1
	logFirst  = 2
	logMiddle = 3
	logLast   = 4

	logRecyclable = 4 // what a recyclable kind is greater by
)

// mostLogBytes returns how many bytes of a log a record takes at most, with the rest of the
// block before it.
func mostLogBytes(record int) int64 {
	fragments := record/(logBlock-logHeader) + 2
	return int64(record + fragments*logHeader + logHeader)
}

// logReader reads the records of a WAL or MANIFEST, block by block.
type logReader struct {
	file   io.ReaderAt
	size   int64 // of the file
	at     int64 // where the next fragment begins
	end    int64 // where the last whole record ends
	number uint32
	record []byte // memory for records of several fragments

	block   []byte // the block that at is in
	blockAt int64  // where it begins
}

// newLogReader returns a reader of a log of size bytes. number is the log's number, as
// it stands in its name.
func newLogReader(file io.ReaderAt, size int64, number uint64) *logReader {
	return &logReader{file: file, size: size, number: uint32(number), blockAt: -1}
}

// newLogBytes returns a reader of a log that is in memory.
func newLogBytes(data []byte) *logReader {
	return newLogReader(bytes.NewReader(data), int64(len(data)), 0)
}

// errLogEnd is the end of a log's records, with nothing but zeros behind it.
var errLogEnd = errors.New("end of the log")

// brokenLog is the error of a log that does not read to its end.
type brokenLog struct {
	at      int64 // where what does not read begins
	behind  int64 // from where on there may be fragments that do
	cut     bool  // the end of the file cuts the record
	problem string
}

func (e *brokenLog) Error() string { return fmt.Sprintf("byte %d: %s", e.at, e.problem) }

// next returns the next record, which is valid until the next call. After the last one
// it returns errLogEnd, or a *brokenLog that says why the log does not read to its end,
// or the error of a read.
func (r *logReader) next() ([]byte, error) {
	r.record = r.record[:0]
	for begun := false; ; begun = true {
		at := r.at
		kind, payload, err := r.fragment()
		switch {
		case errors.Is(err, errLogEnd) && begun:
			return nil, &brokenLog{r.at, r.size, true, "the record is not whole"}
		case err != nil:
			return nil, err
		case (kind == logWhole || kind == logFirst) == begun:
			return nil, &brokenLog{at, at, false, fmt.Sprintf("a fragment of kind %d where none can be", kind)}
		case kind == logWhole:
			r.end = r.at
			return payload, nil
		}
		r.record = append(r.record, payload...)
		if kind == logLast {
			r.end = r.at
			return r.record, nil
		}
	}
}

// fragment returns the next fragment. Its kind is one of those that are not recyclable.
func (r *logReader) fragment() (kind byte, payload []byte, err error) {
	if left := logBlock - r.at%logBlock; left < logHeader {
		r.at += left
	}
	if r.at >= r.size {
		return 0, nil, errLogEnd
	}
	rest, err := r.rest()
	if err != nil {
		return 0, nil, err
	}
	if len(rest) < logRecyclableHeader && zeros(rest) { // too short for a recyclable fragment
		r.at += int64(len(rest))
		return r.fragment()
	}
	kind, payload, n, problem := parseFragment(rest, r.number)
	if problem != "" {
		if last, err := r.lastByte(r.at); err != nil || last <= r.at {
			return 0, nil, errors.Join(errLogEnd, err)
		}
		cut := n == 0 || r.at+int64(n) > r.size
		return 0, nil, &brokenLog{r.at, r.at + 1, cut, problem}
	}
	r.at += int64(n)
	return kind, payload, nil
}

// rest returns the rest of the block that r.at is in, which is in the file.
func (r *logReader) rest() ([]byte, error) {
	if begin := r.at - r.at%logBlock; r.blockAt != begin {
		r.blockAt = -1
		if r.block == nil {
			r.block = make([]byte, logBlock)
		}
		r.block = r.block[:min(logBlock, r.size-begin)]
		if n, err := r.file.ReadAt(r.block, begin); n < len(r.block) {
			return nil, err
		}
		r.blockAt = begin
	}
	return r.block[r.at-r.blockAt:], nil
}

// lastByte returns where the last byte from at on that is not zero ends, or at.
func (r *logReader) lastByte(at int64) (int64, error) {
	end := at
	buf := make([]byte, logBlock)
	for from := at; from < r.size; from += int64(len(buf)) {
		buf = buf[:min(logBlock, r.size-from)]
		if n, err := r.file.ReadAt(buf, from); n < len(buf) {
			return 0, err
		}
		if n := len(bytes.TrimRight(buf, "\x00")); n > 0 {
			end = from + int64(n)
		}
	}
	return end, nil
}

// parseFragment reads the fragment at the beginning of the rest of a block. n is its
// length with its header, or 0 if the header is not whole. problem says why there is
// none, or is "".
func parseFragment(rest []byte, number uint32) (kind byte, payload []byte, n int, problem string) {
	if len(rest) < logHeader {
		return 0, nil, 0, "the file ends in a fragment's header"
	}
	length, header := int(binary.LittleEndian.Uint16(rest[4:])), logHeader
	kind = rest[6]
	switch {
	case kind < logWhole || kind > logLast+logRecyclable:
		return 0, nil, header + length, fmt.Sprintf("a fragment of the unknown kind %d", kind)
	case kind > logLast:
		kind -= logRecyclable
		header = logRecyclableHeader
	}
	n = header + length
	if n > len(rest) {
		return 0, nil, n, fmt.Sprintf("a fragment of %d bytes, %d are left", length, max(0, len(rest)-header))
	}
	if maskedSum(rest[6:n]) != binary.LittleEndian.Uint32(rest) {
		return 0, nil, n, "checksum does not match"
	}
	if header == logRecyclableHeader && binary.LittleEndian.Uint32(rest[logHeader:]) != number {
		return 0, nil, n, "a fragment of another log, whose file was used again"
	}
	return kind, rest[header:n], n, ""
}

// maskedSum returns the checksum of a fragment as it stands before it.
func maskedSum(covered []byte) uint32 {
	return bits.RotateLeft32(crc32.Checksum(covered, castagnoli), -15) + 0xa282ead8
}

// resync moves to the first fragment that can be read from a place on, and returns its
// kind and where it ends. kind is 0 if there is none. Where a block begins, a fragment
// does; elsewhere resync tries every byte.
func (r *logReader) resync(from int64) (kind byte, end int64, err error) {
	for r.at = from; r.at < r.size; {
		rest, err := r.rest()
		if err != nil {
			return 0, 0, err
		}
		for i := range rest {
			if kind, _, n, problem := parseFragment(rest[i:], r.number); problem == "" {
				r.at += int64(i)
				return kind, r.at + int64(n), nil
			}
		}
		r.at += int64(len(rest))
	}
	return 0, r.size, nil
}
