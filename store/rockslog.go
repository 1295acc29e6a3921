package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
)

// The form of RocksDB's WALs and MANIFESTs (rocksdb/db/log_format.h): blocks of
// logBlock bytes, each a row of fragments. Integers are little-endian.
//
//	size  field
//	4     masked CRC-32C of all that follows, but for the length
//	2     length of the payload
//	1     kind: 1 a whole record, 2 its first fragment, 3 one in the middle, 4 its last
//	...   payload
//
// A block whose rest is too short for a fragment's header ends in zeros. So does a
// file that was preallocated, or whose machine lost power.
const (
	logBlock  = 32 << 10
	logHeader = 4 + 2 + 1

	logWhole  = 1
	logFirst  = 2
	logMiddle = 3
	logLast   = 4
)

// logReader reads the records of a WAL or MANIFEST.
type logReader struct {
	data []byte // of the whole file
	at   int    // where the next fragment begins
	end  int    // where the last whole record ends
}

// errLogEnd is the end of a log's records, with nothing but zeros behind it.
var errLogEnd = errors.New("end of the log")

// next returns the next record, in memory of its own or a part of data. After the
// last one it returns errLogEnd, or an error that says why the log does not read to
// its end.
func (r *logReader) next() ([]byte, error) {
	var record []byte
	for begun := false; ; begun = true {
		kind, payload, err := r.fragment()
		switch {
		case errors.Is(err, errLogEnd) && begun:
			return nil, fmt.Errorf("byte %d: the record is not whole", r.end)
		case err != nil:
			return nil, err
		case (kind == logWhole || kind == logFirst) == begun:
			return nil, fmt.Errorf("byte %d: a fragment of kind %d where none can be", r.at, kind)
		case kind == logWhole:
			r.end = r.at
			return payload, nil
		}
		record = append(record, payload...)
		if kind == logLast {
			r.end = r.at
			return record, nil
		}
	}
}

// fragment returns the next fragment.
func (r *logReader) fragment() (kind byte, payload []byte, err error) {
	if left := logBlock - r.at%logBlock; left < logHeader {
		r.at += left
	}
	if r.at >= len(r.data) {
		return 0, nil, errLogEnd
	}
	rest := r.data[r.at:min(len(r.data), r.at+logBlock-r.at%logBlock)]
	if zeros(r.data[r.at:]) {
		return 0, nil, errLogEnd
	}
	if len(rest) < logHeader {
		return 0, nil, fmt.Errorf("byte %d: the file ends in a fragment's header", r.at)
	}
	length := int(binary.LittleEndian.Uint16(rest[4:]))
	kind = rest[6]
	switch {
	case kind < logWhole || kind > logLast:
		return 0, nil, fmt.Errorf("byte %d: a fragment of the unknown kind %d", r.at, kind)
	case logHeader+length > len(rest):
		return 0, nil, fmt.Errorf("byte %d: a fragment of %d bytes, %d are left", r.at, length, len(rest)-logHeader)
	}
	sum := crc32.Checksum(rest[6:logHeader+length], castagnoli)
	if masked := bits.RotateLeft32(sum, -15) + 0xa282ead8; masked != binary.LittleEndian.Uint32(rest) {
		return 0, nil, fmt.Errorf("byte %d: checksum does not match", r.at)
	}
	r.at += logHeader + length
	return kind, rest[logHeader : logHeader+length], nil
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
