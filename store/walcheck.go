package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Before RocksDB reads the WALs, microts does, and decides how much of each is taken.
// RocksDB is then opened so that it takes the same or refuses: it never passes over
// damage by itself.
//
// The end of the last WAL may be torn. The death of a process within a write leaves a
// record that the end of the file cuts. A power failure leaves anything behind the
// walMark: a part of a record, pages that were never written and so are zeros, a WAL
// without its end before another. Then what stands before is taken, and what stands
// behind is set aside and counted as lost. Everything else is damage.

// wal is a WAL that counts, and how much of it is taken.
type wal struct {
	number uint64
	size   int64 // of the file, in bytes
	keep   int64 // bytes of the records that are taken
	lost   int64 // bytes behind them, but for zeros at the end
}

// checkWALs reads the WALs that count. The error is a *FormatError if one is damaged,
// or if one is missing.
func (m *manifest) checkWALs(dir string) ([]wal, error) {
	c := walCheck{dir: dir, manifest: m}
	c.mark, c.marked = readWALMark(dir)
	if c.mark.number < m.log { // its WAL counts no more; its boot id does
		c.mark.number, c.mark.size = 0, 0
	}
	numbers, err := m.logs(dir)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		if err := c.check(number); err != nil {
			return nil, err
		}
	}
	return c.wals, c.checkMissing()
}

// walCheck is one call of checkWALs.
type walCheck struct {
	dir      string
	manifest *manifest
	mark     walMark
	marked   bool // there is a mark

	wals   []wal
	next   uint64 // the sequence number behind the last record, or 0
	ends   walEnd // how the last WAL ends that has records
	ended  uint64 // its number
	closed bool   // a power failure took the end of a WAL: what follows is not taken
}

// check reads one WAL.
func (c *walCheck) check(number uint64) (err error) {
	w, err := openWAL(c.dir, number)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	this := wal{number: number, size: w.log.size}
	if !c.closed {
		end, err := c.records(w, number)
		if err != nil {
			return err
		}
		this.keep, this.lost = end.at, end.bytes+end.behind
	}
	if c.closed && this.keep == 0 {
		if this.lost, err = w.log.lastByte(0); err != nil {
			return err
		}
	}
	c.wals = append(c.wals, this)
	return nil
}

// records reads the records of a WAL and returns how they end. If a power failure took
// what stands before the first one, it sets closed.
func (c *walCheck) records(w *walReader, number uint64) (walEnd, error) {
	first := true
	for r, ok := w.next(); ok; r, ok = w.next() {
		switch {
		case c.follows(r.sequence()):
		case first && c.ended > 0 && c.powerTookEnd(c.ended, c.ends):
			c.closed = true
			return walEnd{}, nil
		default:
			return walEnd{}, damagedWAL(number, walEnd{
				at: r.offset, behind: w.log.size - r.offset,
				problem: fmt.Sprintf("byte %d: the sequence number is %d, which does not follow what stands before", r.offset, r.sequence()),
			})
		}
		first = false
		c.next = r.sequence() + uint64(r.count())
	}
	end, err := w.end()
	if err != nil {
		return end, fmt.Errorf("read %s: %w", walName(number), err)
	}
	if end.kind == walClean && end.at < c.synced(number) {
		end.problem = fmt.Sprintf("it has lost its end: it has %d bytes and had %d", end.at, c.mark.size)
	}
	if end.problem != "" && !c.mayEnd(number, end) {
		return end, damagedWAL(number, end)
	}
	if !first || end.kind != walClean {
		c.ends, c.ended = end, number
	}
	return end, nil
}

// follows says whether a sequence number is the next one. The table files of ingestions
// may have taken some before it.
func (c *walCheck) follows(sequence uint64) bool {
	if c.next == 0 {
		return c.manifest.flushed[sequence-1]
	}
	next := c.next
	for next < sequence && c.manifest.ingested[next] {
		next++
	}
	return next == sequence
}

// synced returns how many bytes of a WAL are on the disk, whatever happened.
func (c *walCheck) synced(number uint64) int64 {
	if number != c.mark.number {
		return 0
	}
	return c.mark.size
}

// mayEnd says whether the death of a process or a power failure may have left a WAL
// that ends so.
func (c *walCheck) mayEnd(number uint64, end walEnd) bool {
	if number < c.mark.number || end.at < c.synced(number) {
		return false
	}
	// An older microts writes no mark.
	return end.kind == walTorn && (end.cut || !c.marked) || c.powerTookEnd(number, end)
}

// powerTookEnd says whether a power failure may have taken the end of a WAL.
func (c *walCheck) powerTookEnd(number uint64, end walEnd) bool {
	return c.marked && c.mark.powerFailed() && number >= c.mark.number && end.at >= c.synced(number) &&
		(end.kind != walDamaged || end.hole)
}

// checkMissing returns a *FormatError if a WAL is missing. RocksDB begins a WAL before
// it writes the MANIFEST with which the database begins.
func (c *walCheck) checkMissing() error {
	marked := slices.ContainsFunc(c.wals, func(w wal) bool { return w.number == c.mark.number })
	switch {
	case c.mark.number > 0 && !marked && (c.mark.size > 0 || !c.mark.powerFailed()):
		return damaged(fmt.Sprintf("lacks the WAL %s, of which %d bytes had been synced", walName(c.mark.number), c.mark.size))
	case c.mark.number == 0 && len(c.wals) == 0 && c.manifest.name != firstManifest:
		return damaged(fmt.Sprintf("lacks its WAL: there is no %s and no later one", walName(c.manifest.log)))
	}
	return nil
}

// damagedWAL returns the error of a WAL that ends as it must not.
func damagedWAL(number uint64, end walEnd) error {
	return damaged(fmt.Sprintf("has a damaged WAL %s: %s (%d bytes before it can be read, %d cannot, and %d bytes behind it can at least in part)",
		walName(number), end.problem, end.at, end.bytes, end.behind))
}

// cutWALs brings the WALs to the length that is taken. What it cuts off it sets aside
// in the side folder, unless it is zeros.
func cutWALs(dir string, wals []wal) (torn []tornWAL, err error) {
	for _, w := range wals {
		if w.size == w.keep {
			continue
		}
		path := filepath.Join(dir, walName(w.number))
		if w.lost > 0 {
			aside, err := setAside(path, w.keep, filepath.Join(dir, sideDir))
			if err != nil {
				return torn, fmt.Errorf("set the end of %s aside: %w", path, err)
			}
			torn = append(torn, tornWAL{walName(w.number), w.lost, aside})
		}
		if err := os.Truncate(path, w.keep); err != nil {
			return torn, err
		}
	}
	return torn, nil
}

// setAside copies a file from a place on into a new file of a folder.
func setAside(path string, from int64, to string) (name string, err error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	if _, err := in.Seek(from, io.SeekStart); err != nil {
		return "", err
	}
	name, err = unusedName(filepath.Join(to, filepath.Base(path)+unverifiedSuffix))
	if err != nil {
		return "", err
	}
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	return name, errors.Join(err, out.Sync(), out.Close(), syncFolder(to))
}

// tornWAL is a WAL whose end was not taken.
type tornWAL struct {
	name  string
	bytes int64  // that were not taken
	aside string // the file that holds them now, or ""
}
