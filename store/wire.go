package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// The wire form of a RocksDB write batch (rocksdb/db/write_batch.cc). A buffer
// collects its entries in it, and is handed to RocksDB as it is:
//
//	offset  size  field
//	0       8     sequence, filled in by RocksDB
//	8       4     count of entries, little-endian; seals do not count
//	12            entries, one after another
//
//	entry  bytes
//	put     0x01, varint length of key, key, varint length of value, value
//	delete  0x00, varint length of key, key
//	seal    0x03, 0x04, CRC-32C, little-endian
//
// A seal is what RocksDB calls log data: it goes to the WAL but not into the database.
// Its checksum covers the buffer's number (8 bytes, little-endian) and all bytes since
// the seal before it, or since the header.
//
// There are no range deletes: in RocksDB 7.8 they use the memtable's insert hints
// (options.go) together with the puts, and it crashes.
const (
	wireHeader = 12

	tagDelete = 0x00
	tagPut    = 0x01
	tagSeal   = 0x03

	sealSize  = 2 + crc32.Size
	sealEvery = 1024 // bytes, at least, between two seals
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sealSum(number uint64, covered []byte) uint32 {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], number)
	return crc32.Update(crc32.Checksum(n[:], castagnoli), castagnoli, covered)
}

// entry is one entry of a write batch. Its slices are parts of the write batch.
type entry struct {
	tag   byte
	key   []byte // of a seal: its checksum
	value []byte // of a put
	end   int    // where the next entry begins
}

var errTorn = errors.New("entry is not whole")

// readEntry reads the entry that begins at data[at].
func readEntry(data []byte, at int) (entry, error) {
	r := entry{tag: data[at]}
	var ok bool
	if r.key, at, ok = readSlice(data, at+1); !ok {
		return r, errTorn
	}
	switch r.tag {
	case tagPut:
		if r.value, at, ok = readSlice(data, at); !ok {
			return r, errTorn
		}
	case tagDelete:
	case tagSeal:
		if len(r.key) != crc32.Size {
			return r, fmt.Errorf("seal of %d bytes, not %d", len(r.key), crc32.Size)
		}
	default:
		return r, fmt.Errorf("unknown entry 0x%02x", r.tag)
	}
	r.end = at
	return r, nil
}

func readSlice(data []byte, at int) (slice []byte, end int, ok bool) {
	n, size := binary.Uvarint(data[at:])
	if size <= 0 || n > uint64(len(data)-at-size) {
		return nil, 0, false
	}
	at += size
	return data[at : at+int(n)], at + int(n), true
}
