package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/linxGnu/grocksdb"
)

// recovery is what recover found in the buffers of a process that died.
type recovery struct {
	buffers int   // committed
	entries int   // committed
	lost    int64 // bytes that are not to be trusted after a power failure
}

// recover commits the buffers that a process left in dir and RocksDB does not have: in
// the order of their numbers, those above the number under bufferKey. It removes
// their files, and returns the number of the last buffer that is committed.
//
// Buffers written since the kernel started are as the process left them. The pages of
// older ones reached the disk in any order, or not at all: recover takes what seals
// cover, up to the first byte that no seal covers, and keeps the rest's files under
// another name.
func (r *rocks) recover(dir string) (last uint64, err error) {
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	committed, err := r.db.GetBytes(ro, []byte(bufferKey))
	if err != nil {
		return 0, err
	}
	if len(committed) == 8 {
		last = binary.BigEndian.Uint64(committed)
	}

	if err := os.Remove(filepath.Join(dir, ingestionFile)); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"+bufferSuffix))
	if err != nil {
		return 0, err
	}
	if len(files) == 0 {
		return last, nil
	}
	// A file is removed when RocksDB has what it held, as safe as the file was,
	// and before the next one is committed: on a full disk its room is needed.
	if err := r.db.FlushWAL(true); err != nil {
		return 0, err
	}
	var left []leftBuffer
	id := bootID()
	for _, path := range files {
		mem, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		b, ok, err := parseLeftBuffer(mem, id)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		if b.path = path; ok && b.number > last {
			left = append(left, b)
		} else if err := os.Remove(path); err != nil {
			return 0, err
		}
	}
	slices.SortFunc(left, func(a, b leftBuffer) int { return cmp.Compare(a.number, b.number) })

	for i, b := range left {
		end, count, problem := 0, uint32(0), error(nil)
		if b.number == last+1 {
			end, count, problem = verifyWire(b.data, b.number, !b.sameBoot)
		}
		if count > 0 {
			wire := b.data[:end]
			binary.LittleEndian.PutUint32(wire[8:], count)
			if err := r.commit(wire); err != nil {
				return 0, fmt.Errorf("commit %s, which a process that died left: %w", b.path, err)
			}
			if err := r.db.FlushWAL(true); err != nil {
				return 0, err
			}
			last = b.number
			r.recovered.buffers++
			r.recovered.entries += int(count) - 1
		}
		if problem != nil || end == 0 {
			for _, lost := range left[i:] {
				r.recovered.lost += int64(len(lost.data))
				if err := os.Rename(lost.path, lost.path+unverifiedSuffix); err != nil {
					return 0, err
				}
			}
			r.recovered.lost -= int64(end)
			break
		}
		if err := os.Remove(b.path); err != nil {
			return 0, err
		}
	}
	return last, nil
}
