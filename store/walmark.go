package store

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// A walMark says up to where the newest WAL has been synced. A power failure takes
// nothing before it. It stands in microts/wal:
//
//	name of the WAL, space, size in bytes, space, boot id of the kernel, newline
type walMark struct {
	number uint64
	size   int64
	boot   string // of the kernel under which the WAL was written
}

// readWALMark returns the mark of a database. ok is false if there is none: an older
// microts wrote the database, or a power failure took the mark.
func readWALMark(dir string) (mark walMark, ok bool) {
	text, err := os.ReadFile(walMarkPath(dir))
	if err != nil {
		return walMark{}, false
	}
	var name string
	if _, err := fmt.Sscanf(string(text), "%s %d %s\n", &name, &mark.size, &mark.boot); err != nil {
		return walMark{}, false
	}
	mark.number, _, ok = fileNumber(name)
	return mark, ok
}

func walMarkPath(dir string) string { return filepath.Join(dir, sideDir, walMarkFile) }

// powerFailed says whether the power may have failed since the mark was written.
func (m walMark) powerFailed() bool { return m.boot == "" || m.boot != bootID() }

// walMarker writes the walMark of a database that is open for writing. Several
// goroutines may use it.
type walMarker struct {
	dir  string
	boot string

	mu     sync.Mutex
	newest walMark // as look saw it
	marked walMark // what stands in the file
}

func newWALMarker(dir string) *walMarker {
	return &walMarker{dir: dir, boot: bootID()}
}

// look returns the mark of all that is written now. What a sync makes safe is what look
// saw before it.
func (w *walMarker) look() (mark walMark, switched bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	info, err := os.Stat(filepath.Join(w.dir, walName(w.newest.number)))
	if err == nil && w.newest.number > 0 && info.Size() > w.newest.size { // nothing is appended to an old WAL
		w.newest.size = info.Size()
		return w.newest, false, nil
	}
	number, size, err := newestWAL(w.dir)
	if err != nil {
		return walMark{}, false, err
	}
	switched = number != w.newest.number
	w.newest = walMark{number, size, w.boot}
	return w.newest, switched, nil
}

// mark writes a mark that look returned. A process that dies within leaves the old one
// or the new one: it is one write of few bytes.
func (w *walMarker) mark(mark walMark) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if mark.number < w.marked.number || mark.number == w.marked.number && mark.size <= w.marked.size {
		return nil
	}
	w.marked = mark
	return writeNote(walMarkPath(w.dir), fmt.Sprintf("%s %d %s\n", walName(mark.number), mark.size, mark.boot))
}

// opened marks what the WAL holds when the database is open, which is on the disk.
// closed does the same for a database that is closed: nothing but an empty WAL is sure
// to be on the disk.
func (w *walMarker) opened() {
	if mark, _, err := w.look(); err == nil {
		_ = w.mark(mark)
	}
}

func (w *walMarker) closed() {
	if mark, _, err := w.look(); err == nil && mark.size == 0 {
		_ = w.mark(mark)
	}
}

// newestWAL returns the number and the size of the WAL with the highest number.
func newestWAL(dir string) (number uint64, size int64, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range entries {
		if n, suffix, ok := fileNumber(e.Name()); ok && suffix == logSuffix {
			number = max(number, n)
		}
	}
	info, err := os.Stat(filepath.Join(dir, walName(number)))
	if err != nil {
		return 0, 0, err
	}
	return number, info.Size(), nil
}
