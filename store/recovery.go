package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/linxGnu/grocksdb"
)

// recovery is what recover found in the buffers of a process that died.
type recovery struct {
	buffers     int   // committed
	entries     int   // committed
	walBytes    int64 // that what was committed takes in a WAL, at most
	lost        int64 // bytes that were set aside
	lostEntries int   // in them, an estimate
}

// recover commits the buffers that a process left in dir and RocksDB does not have: in
// the order of their numbers, those above the number under bufferKey. It removes
// their files, and returns the number of the last buffer that is committed.
//
// If one of them is damaged or missing, recover stops there: what was put later must not
// be in a database that lacks what was put before. It sets aside the files of the rest.
// But if nothing except damage can have done that, and something that was put later can
// be trusted, it returns an error and changes nothing: the loss is not at the end.
//
// A process that dies at any moment of this leaves what the next open needs to do the
// same again.
func (r *rocks) recover(dir string) (last uint64, err error) {
	if last, err = r.lastCommitted(); err != nil {
		return 0, err
	}
	if err := os.Remove(filepath.Join(dir, ingestionFile)); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	if err := removeLoads(dir); err != nil {
		return 0, err
	}
	left, done, err := readLeftBuffers(dir, last)
	if err != nil || len(left)+len(done) == 0 {
		return last, err
	}
	good, rest := divide(left, last)
	if err := refuse(rest, last+uint64(len(good))); err != nil {
		return 0, err
	}
	// A file is removed when RocksDB has what it held, as safe as the file was,
	// and before the next one is committed: on a full disk its room is needed.
	if err := r.db.FlushWAL(true); err != nil {
		return 0, err
	}
	for _, path := range done {
		if err := os.Remove(path); err != nil {
			return 0, err
		}
	}
	for _, b := range good {
		if err := r.commitLeft(&b, b.data[:b.end], b.count); err != nil {
			return 0, err
		}
		if err := os.Remove(b.path); err != nil {
			return 0, err
		}
		last = b.number
	}
	return last, r.setAside(dir, rest, last)
}

// lastCommitted returns the number of the last buffer that RocksDB has, or 0.
func (r *rocks) lastCommitted() (uint64, error) {
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	number, err := r.db.GetBytes(ro, []byte(bufferKey))
	if err != nil || len(number) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(number), nil
}

// readLeftBuffers reads the files of buffers in dir. left are those that RocksDB does not
// have, in the order of their numbers; those without a certain number are last. done are
// the files of which RocksDB has everything.
func readLeftBuffers(dir string, last uint64) (left []leftBuffer, done []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	id := bootID()
	for _, e := range entries {
		name, isBuffer := strings.CutSuffix(e.Name(), bufferSuffix)
		if _, err := strconv.ParseUint(name, 10, 64); !isBuffer || err != nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		mem, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		b, ok, err := parseLeftBuffer(mem, id)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		if b.path = path; ok && !(b.known && b.number <= last) {
			left = append(left, b)
		} else {
			done = append(done, path)
		}
	}
	slices.SortFunc(left, func(a, b leftBuffer) int {
		if a.known != b.known {
			if a.known {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.number, b.number)
	})
	return left, done, nil
}

// divide returns the buffers that follow the number last without a gap and can be
// trusted to their ends, and the rest.
func divide(left []leftBuffer, last uint64) (good, rest []leftBuffer) {
	for i := range left {
		if b := &left[i]; !b.follows(last+uint64(i)) || b.damaged {
			return left[:i], left[i:]
		}
	}
	return left, nil
}

// refuse returns a *FormatError if the first buffer of the rest can only be damaged, and
// if something behind the damage can be trusted. last is the number of the buffer before
// it.
func refuse(rest []leftBuffer, last uint64) error {
	if len(rest) == 0 || !rest[0].known || !rest[0].sameBoot {
		return nil
	}
	first := rest[0]
	var found string
	behind := rest
	if first.follows(last) {
		found = fmt.Sprintf("has a damaged write buffer: of %s only the first %d bytes are whole", first.path, bufferDataAt+first.end)
		if !first.goesOn() {
			behind = rest[1:]
		}
	} else {
		found = fmt.Sprintf("lacks the write buffers before %s: that is number %d, and the last one before it was %d", first.path, first.number, last)
	}
	if !slices.ContainsFunc(behind, leftBuffer.holdsEntries) {
		return nil
	}
	size, entries := restOf(rest, last)
	return damaged(fmt.Sprintf("%s; %d bytes in %d files, about %d puts and deletes, were put after that", found, size, len(rest), entries))
}

// holdsEntries says whether something that was put can be trusted.
func (b leftBuffer) holdsEntries() bool { return b.count > 1 || b.goesOn() }

// setAside renames the files of the buffers of which not everything can be trusted, and
// reports them. It commits what can be trusted of the first, if its number is the next.
func (r *rocks) setAside(dir string, rest []leftBuffer, last uint64) error {
	if len(rest) == 0 {
		return nil
	}
	var names []string
	for _, b := range rest {
		name, err := unusedName(b.path + unverifiedSuffix)
		if err != nil {
			return err
		}
		names = append(names, name)
	}
	size, entries := restOf(rest, last)
	r.recovered.lost, r.recovered.lostEntries = int64(size), entries
	r.env.Report(fmt.Sprintf("database %q: %d bytes of its write buffers, about %d puts and deletes, cannot be trusted and are not in the database; they are kept in %s",
		r.path, size, entries, strings.Join(names, ", ")))

	// The first one is last: what stands behind it must never be taken without it. Its
	// number is not committed: if this process dies now, the next open must not take the
	// buffer for one that RocksDB has.
	for i, b := range rest[1:] {
		if err := os.Rename(b.path, names[i+1]); err != nil {
			return err
		}
	}
	if first := rest[0]; first.follows(last) && first.count > 1 {
		number, _ := readEntry(first.data, wireHeader) // its checksum matches
		wire := slices.Concat(make([]byte, wireHeader), first.data[number.end:first.end])
		if err := r.commitLeft(&first, wire, first.count-1); err != nil {
			return err
		}
	}
	if err := os.Rename(rest[0].path, names[0]); err != nil {
		return err
	}
	return syncFolder(dir)
}

// follows says whether the buffer is the next one after the number last.
func (b *leftBuffer) follows(last uint64) bool { return b.known && b.number == last+1 }

// restOf returns what of the buffers is not committed: how many bytes and entries. last is
// the number of the buffer before them.
func restOf(rest []leftBuffer, last uint64) (size, entries int) {
	for i := range rest {
		b := &rest[i]
		n, lost := b.rest()
		size, entries = size+n, entries+lost
		if i == 0 && b.follows(last) {
			continue
		}
		size += b.end
		if b.count > 0 {
			entries += int(b.count) - 1
		}
	}
	return size, entries
}

// unusedName returns a name that no file has: name, or name.2 and so on.
func unusedName(name string) (string, error) {
	unused := name
	for i := 2; ; i++ {
		if _, err := os.Lstat(unused); os.IsNotExist(err) {
			return unused, nil
		} else if err != nil {
			return "", err
		}
		unused = fmt.Sprintf("%s.%d", name, i)
	}
}

// commitLeft commits count entries of a buffer that a process left.
func (r *rocks) commitLeft(b *leftBuffer, wire []byte, count uint32) error {
	binary.LittleEndian.PutUint32(wire[8:], count)
	if err := r.commit(wire); err != nil {
		return fmt.Errorf("commit %s, which a process that died left: %w", b.path, err)
	}
	if err := r.db.FlushWAL(true); err != nil {
		return err
	}
	r.recovered.buffers++
	r.recovered.walBytes += mostLogBytes(len(wire))
	r.recovered.entries += int(b.count) - 1
	return nil
}

// syncFolder returns when the names of a folder's files are on the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
