package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"microts/internal/sst"
	"microts/internal/tick"
)

// CheckOptions says how Check and Repair work.
type CheckOptions struct {
	// Progress, unless it is nil, is called now and then with how many bytes of all are
	// read. Several goroutines call it.
	Progress func(done, total int64)
}

// Fault is one piece of damage that Check found.
type Fault struct {
	File    string `json:"file"`    // in the folder of the database; "" if it is in no one file
	What    string `json:"what"`    // such as "data block"
	Offset  int64  `json:"offset"`  // where it begins in the file
	Bytes   int64  `json:"bytes"`   // how many bytes are damaged or missing; 0 if that is not known
	Problem string `json:"problem"` // what is wrong
	Lost    bool   `json:"lost"`    // ticks or other keys may be lost

	// The last key before and the first key behind those that are lost, such as
	// "S:600000 2023-11-14 22:13:20.000100"; "" if they are not known. Of a damaged
	// "key", After is the key.
	After  string `json:"after,omitempty"`
	Before string `json:"before,omitempty"`
}

// CheckReport says what a database holds and what is wrong with it.
type CheckReport struct {
	Path        string            `json:"path"`
	Format      string            `json:"format"` // "V1" or "V2"; "" if it is not known
	Unit        string            `json:"unit"`   // of the first points that were written; "" if none were
	Writer      int               `json:"writer"` // PID of the process that has it open for writing; 0: none
	Ticks       uint64            `json:"ticks"`
	Records     uint64            `json:"records"` // ticks whose value is a record
	Points      uint64            `json:"points"`  // besides the ticks
	Raw         uint64            `json:"raw"`     // other keys of the column family "default"
	Families    []FamilyCount     `json:"families"`
	Instruments []InstrumentCount `json:"instruments"`

	Tables     int    `json:"tables"`
	TableBytes int64  `json:"table_bytes"`
	WALs       int    `json:"wals"`
	WALBytes   int64  `json:"wal_bytes"`
	Pending    uint64 `json:"pending"` // puts and deletes in buffers that the next open commits

	Faults []Fault  `json:"faults"`
	Notes  []string `json:"notes"` // what is no damage
}

// Check reads all of a database and returns what it holds and what is wrong with it. It
// changes nothing in the database's folder. While another process has the database
// open for writing, Check sees the files as they are at one moment, without the
// writer's buffers. The process of the writer must not call it: it opens RocksDB's file
// LOCK. Its memory is what the WALs hold, and a few MB for each table file that it reads
// at the same time.
//
// An error says why nothing can be told: path is no database, a file cannot be read,
// ctx is done.
func Check(ctx context.Context, path string, o CheckOptions) (*CheckReport, error) {
	inv, err := takeInventory(path)
	if err != nil {
		return nil, fmt.Errorf("check database %q: %w", path, err)
	}
	defer inv.close()
	c := newChecker(ctx, inv, o)
	err = c.read()
	if err == nil {
		err = c.walk(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("check database %q: %w", path, err)
	}
	return c.finish(), nil
}

// checker does the work of Check and Repair.
type checker struct {
	ctx    context.Context
	inv    *inventory
	o      CheckOptions
	report *CheckReport
	format tick.Format
	known  bool // format is

	tables  []*checkedTable
	entries []version // of WALs and buffers, in order
	spare   []version // of buffers that were set aside: they count where nothing else has the key
	deletes []sst.RangeDelete
	codes   map[string]string // the long codes by their stand-ins, after walk
	total   int64
	done    atomic.Int64

	counting bool // walk has begun

	mu      sync.Mutex // guards report.Faults and what follows
	lost    []lostKeys // the keys of report.Faults
	badKeys int        // faults of keys and their values
	broken  error      // a file could not be read
}

// lostKeys are the keys of a fault, which become text when the format is known.
type lostKeys struct{ after, before []byte }

// checkedTable is a table file that is being checked.
type checkedTable struct {
	tableFile
	table *sst.Table
	first []byte // its first key; nil: it has none
	meta  *newFile
	whole atomic.Bool   // no fault was found in it
	read  atomic.Uint64 // entries that walk has read, range deletions included
	odd   atomic.Bool   // an entry does not fit the MANIFEST
}

func newChecker(ctx context.Context, inv *inventory, o CheckOptions) *checker {
	c := &checker{ctx: ctx, inv: inv, o: o, report: &CheckReport{Path: inv.dir, Faults: []Fault{}, Notes: []string{}, Families: []FamilyCount{}, Instruments: []InstrumentCount{}}}
	if inv.writer != nil {
		c.report.Writer = inv.writer.PID
	}
	for _, t := range inv.tables {
		c.total += t.size
		c.report.TableBytes += t.size
	}
	for _, w := range inv.wals {
		c.total += w.log.size
		c.report.WALBytes += w.log.size
	}
	c.report.Tables, c.report.WALs = len(inv.tables), len(inv.wals)
	return c
}

func (c *checker) fault(f Fault, after, before []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.What == keyFault {
		if c.badKeys++; c.badKeys > mostBadKeys {
			return
		}
	}
	for i, other := range c.report.Faults { // two parts of a table may meet the same block
		if f.Bytes > 0 && other.File == f.File && other.Offset == f.Offset && other.What == f.What {
			c.report.Faults[i].Bytes = max(other.Bytes, f.Bytes)
			if before != nil {
				c.lost[i].before = before
			}
			return
		}
	}
	c.report.Faults = append(c.report.Faults, f)
	c.lost = append(c.lost, lostKeys{after, before})
}

const (
	keyFault    = "key"
	mostBadKeys = 1000 // that are told of one by one
)

func (c *checker) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

func (c *checker) progress(bytes int64) {
	done := c.done.Add(bytes)
	if c.o.Progress != nil {
		c.o.Progress(min(done, c.total), c.total)
	}
}

// read reads all but the data blocks of table files.
func (c *checker) read() error {
	c.checkFolder()
	if err := c.openTables(); err != nil {
		return err
	}
	if err := c.readWALs(); err != nil {
		return err
	}
	if err := c.readFormat(); err != nil {
		return err
	}
	return c.readBuffers()
}

// checkFolder compares the MANIFEST with the files.
func (c *checker) checkFolder() {
	inv := c.inv
	if inv.broken != nil {
		text := inv.broken.Error()
		if damage := (*FormatError)(nil); errors.As(inv.broken, &damage) {
			text = "the folder " + damage.Found
		}
		c.fault(Fault{What: "MANIFEST", Problem: text}, nil, nil)
		c.note("which files count is not known: all table files and WALs of the folder are read, and sequence numbers decide which value of a key is the newest")
		return
	}
	for _, f := range inv.missing {
		c.fault(Fault{File: tableName(f.number), What: "table file", Bytes: int64(f.size), Problem: "the MANIFEST names it, and it is missing", Lost: true},
			userKey(f.smallest), userKey(f.largest))
	}
	if inv.writer == nil {
		for _, t := range inv.others {
			c.note("%s (%d bytes) is not in the MANIFEST: the death of a process leaves such files, and the next open deletes it", t.name, t.size)
		}
	}
	for _, name := range inv.strange {
		c.note("%s is no file of a database", name)
	}
	if damage := (*FormatError)(nil); errors.As(inv.manifest.checkForeignFiles(inv.dir), &damage) {
		c.fault(Fault{What: "foreign file", Problem: "the folder " + damage.Found}, nil, nil)
	}
	c.checkLevels()
}

// checkLevels checks that the table files of each level but the first are one order of
// keys.
func (c *checker) checkLevels() {
	files := make([]newFile, 0, len(c.inv.manifest.files))
	for _, f := range c.inv.manifest.files {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b newFile) int {
		return cmp.Or(cmp.Compare(a.level, b.level), bytes.Compare(userKey(a.smallest), userKey(b.smallest)))
	})
	for i, f := range files {
		what := ""
		switch {
		case f.first > f.last:
			what = "its lowest sequence number is above its highest"
		case bytes.Compare(userKey(f.smallest), userKey(f.largest)) > 0:
			what = "its smallest key is above its largest"
		case i > 0 && f.level > 0 && files[i-1].level == f.level && bytes.Compare(userKey(files[i-1].largest), userKey(f.smallest)) > 0:
			what = fmt.Sprintf("its keys overlap those of %s in level %d", tableName(files[i-1].number), f.level)
		}
		if what != "" {
			c.fault(Fault{File: c.inv.manifest.name, What: "MANIFEST", Problem: tableName(f.number) + ": " + what}, nil, nil)
		}
	}
}

// userKey returns a key without the 8 bytes of RocksDB's own behind it.
func userKey(internal []byte) []byte { return internal[:max(len(internal)-8, 0)] }

// openTables opens and verifies all table files, several at once.
func (c *checker) openTables() error {
	c.tables = make([]*checkedTable, len(c.inv.tables))
	err := c.parallel(len(c.tables), func(i int) error {
		t := &checkedTable{tableFile: c.inv.tables[i]}
		t.whole.Store(true)
		if c.inv.manifest != nil {
			if meta, ok := c.inv.manifest.files[t.number]; ok {
				t.meta = &meta
			}
		}
		c.tables[i] = t
		return c.openTable(t)
	})
	if err != nil {
		return err
	}
	for _, t := range c.tables {
		deletes, err := t.table.RangeDeletes()
		if err := c.tell(t, err); err != nil {
			return err
		}
		c.deletes = append(c.deletes, deletes...)
		t.read.Add(uint64(len(deletes)))
	}
	return nil
}

// parallel calls do with 0 to n-1, on all cores, until one returns an error.
func (c *checker) parallel(n int, do func(int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, min(n, runtime.GOMAXPROCS(0)))
	for worker := range errs {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err := c.ctx.Err()
				if err == nil {
					err = do(i)
				}
				if err != nil {
					errs[worker] = err
					next.Store(int64(n))
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// tell adds a fault of a table file, and returns any other error.
func (c *checker) tell(t *checkedTable, err error) error {
	f := (*sst.Fault)(nil)
	if err == nil || !errors.As(err, &f) {
		return err
	}
	c.tellOf(t, f, f.What == "data block" || f.What == "blocks" || f.What == "range deletions")
	return nil
}

// tellOf adds a fault of a table file; lost says that keys may be lost.
func (c *checker) tellOf(t *checkedTable, f *sst.Fault, lost bool) {
	t.whole.Store(false)
	c.fault(Fault{File: t.name, What: f.What, Offset: f.Offset, Bytes: f.Bytes, Problem: f.Err.Error(), Lost: lost}, f.After, f.Before)
}

// openTable opens and verifies a table file. A damaged one is salvaged.
func (c *checker) openTable(t *checkedTable) error {
	fault := func(f *sst.Fault) { _ = c.tell(t, f) }
	if t.meta != nil && int64(t.meta.size) != t.size {
		c.fault(Fault{
			File: t.name, What: "table file", Offset: min(t.size, int64(t.meta.size)), Bytes: max(int64(t.meta.size)-t.size, 0),
			Problem: fmt.Sprintf("it has %d bytes, and the MANIFEST says %d", t.size, t.meta.size), Lost: t.size < int64(t.meta.size),
		}, nil, nil)
		t.whole.Store(false)
	}
	table, err := sst.Open(t.file, t.size)
	known := err == nil
	if damage := (*sst.Fault)(nil); errors.As(err, &damage) {
		if table, known, err = sst.Salvage(t.file, t.size, fault); err == nil {
			c.tellOf(t, damage, !known)
		}
	} else if err == nil {
		err = table.Verify(fault)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	t.table = table
	c.setSequence(t, known)
	var faults []*sst.Fault
	it := table.Iterate(nil, nil, func(f *sst.Fault) { faults = append(faults, f) })
	if it.Next() {
		t.first = bytes.Clone(it.Key)
		return it.Err() // walk tells of the faults
	}
	for _, f := range faults {
		fault(f)
	}
	return it.Err()
}

// setSequence sets the sequence number of an ingested table. known says that its
// properties could be read.
func (c *checker) setSequence(t *checkedTable, known bool) {
	switch {
	case t.meta == nil:
	case known && t.table.External:
		if t.table.GlobalSeq != 0 && t.table.GlobalSeq != t.meta.last {
			c.fault(Fault{File: t.name, What: "properties block", Problem: fmt.Sprintf("the sequence number is %d, and the MANIFEST says %d", t.table.GlobalSeq, t.meta.last)}, nil, nil)
		}
		t.table.GlobalSeq = t.meta.last
	case !known && t.meta.first == t.meta.last:
		t.table.External, t.table.GlobalSeq = true, t.meta.last
	}
}

// readWALs reads the WALs, each to its end and behind its damage.
func (c *checker) readWALs() error {
	found := false
	for _, w := range c.inv.wals {
		damaged, err := c.readWAL(w)
		if err != nil {
			return fmt.Errorf("read %s: %w", walName(uint64(w.log.number)), err)
		}
		found = found || damaged
	}
	if damage := (*FormatError)(nil); errors.As(c.inv.walErr, &damage) && !found {
		c.fault(Fault{What: "WAL", Problem: "the folder " + damage.Found, Lost: true}, nil, nil)
	}
	slices.SortStableFunc(c.entries, compareVersions)
	return nil
}

// readWAL reads one WAL and says whether it is damaged.
func (c *checker) readWAL(w *walReader) (damaged bool, err error) {
	name := walName(uint64(w.log.number))
	for {
		for r, ok := w.next(); ok; r, ok = w.next() {
			if err := c.ctx.Err(); err != nil {
				return false, err
			}
			if problem := c.addBatch(r.batch); problem != "" {
				damaged = true
				c.fault(Fault{File: name, What: "WAL", Offset: r.offset, Bytes: r.length, Problem: problem, Lost: true}, nil, nil)
			}
			c.progress(r.length)
		}
		end, err := w.end()
		if err != nil {
			return false, err
		}
		switch {
		case end.kind == walClean:
		case c.inv.walErr == nil && (c.inv.broken == nil || end.kind == walTorn):
			c.note("%s: its last %d bytes are a part of a record, which was being written: %s", name, end.bytes+end.behind, end.problem)
		default:
			damaged = true
			c.fault(Fault{File: name, What: "WAL", Offset: end.at, Bytes: end.bytes, Problem: end.problem, Lost: true}, nil, nil)
		}
		if more, err := w.resume(); err != nil || !more {
			return damaged, err
		}
	}
}

// addBatch adds the entries of a write batch. It returns what it cannot read of it, or
// "".
func (c *checker) addBatch(batch []byte) (problem string) {
	const (
		tagSingleDelete = 0x07
		tagNoop         = 0x0d
		tagRangeDelete  = 0x0f
	)
	seq := binary.LittleEndian.Uint64(batch)
	data := bytes.Clone(batch)
	for at := wireHeader; at < len(data); seq++ {
		var e entry
		var err error
		switch tag := data[at]; tag {
		case tagNoop:
			at++
			seq--
			continue
		case tagSingleDelete, tagRangeDelete:
			var ok bool
			e = entry{tag: tagDelete, end: at + 1}
			if e.key, e.end, ok = readSlice(data, at+1); ok && tag == tagRangeDelete {
				e.value, e.end, ok = readSlice(data, e.end)
			}
			if !ok {
				return errTorn.Error()
			}
			if tag == tagRangeDelete {
				c.deletes = append(c.deletes, sst.RangeDelete{Start: e.key, End: e.value, Seq: seq})
				at = e.end
				continue
			}
		default:
			if e, err = readEntry(data, at); err != nil {
				return err.Error()
			}
		}
		at = e.end
		switch e.tag {
		case tagSeal:
			seq--
		case tagPut:
			c.entries = append(c.entries, version{e.key, e.value, seq, sst.KindPut})
		case tagDelete:
			c.entries = append(c.entries, version{e.key, nil, seq, sst.KindDelete})
		}
	}
	return ""
}

// lookup returns the newest value under a key.
func (c *checker) lookup(key string) (value []byte, ok bool, err error) {
	m := c.merge([]byte(key), []byte(key+"\x00"))
	ok = m.next()
	return bytes.Clone(m.value), ok, c.failed()
}

// readFormat finds out the format. The error is a *FormatError if microts did not write
// the database.
func (c *checker) readFormat() error {
	marker, ok, err := c.lookup(formatKey)
	if err != nil {
		return err
	}
	if ok {
		for _, f := range []tick.Format{tick.V1, tick.V2} {
			if string(marker) == formatMarker(f) {
				c.format, c.known = f, true
				return nil
			}
		}
		return checkMarker(string(marker), tick.V2)
	}
	damaged := len(c.report.Faults) > 0
	m := c.merge(nil, nil)
	const most = 1000 // keys that decide
	first := []byte(nil)
	for n := 0; n < most && m.next(); n++ {
		if first == nil {
			first = bytes.Clone(m.key)
		}
		_, _, _, err := decodeTickKey(m.key)
		if c.known = err == nil || len(m.key) == v1KeySize || len(m.key) == typedSkip+tickKeySize; c.known {
			if len(m.key) == v1KeySize {
				c.format = tick.V1
			}
			break
		}
	}
	if err := c.failed(); err != nil {
		return err
	}
	switch {
	case first == nil:
	case !damaged && len(c.inv.side) == 0:
		return foreign(first, tick.V2)
	default:
		c.fault(Fault{What: "format marker", Problem: fmt.Sprintf("there is none; the keys look like those of format %v", c.format)}, nil, nil)
		c.known = true
	}
	return nil
}

// readBuffers reads the buffers that a process left.
func (c *checker) readBuffers() error {
	if c.inv.writer != nil {
		c.note("%v has the database open for writing: the buffers that it uses are not checked", c.inv.writer)
		return nil
	}
	value, _, err := c.lookup(bufferKey)
	if err != nil {
		return err
	}
	committed := uint64(0)
	if len(value) == 8 {
		committed = binary.BigEndian.Uint64(value)
	}
	dir := filepath.Join(c.inv.dir, sideDir)
	if len(c.inv.side) > 0 {
		left, _, err := readLeftBuffers(dir, committed)
		if errors.As(err, new(*fs.PathError)) {
			return err
		}
		if err != nil {
			c.fault(Fault{What: "buffer", Problem: err.Error(), Lost: true}, nil, nil)
		}
		good, rest := divide(left, committed)
		for _, b := range good {
			c.report.Pending += uint64(b.count) - 1
			c.entries = appendBuffer(c.entries, &b, committed)
		}
		for _, b := range rest {
			c.badBuffer(&b, committed+uint64(len(good)))
			c.spare = appendBuffer(c.spare, &b, committed)
		}
	}
	if err := c.readSetAside(dir, committed); err != nil {
		return err
	}
	slices.SortStableFunc(c.entries, compareVersions)
	slices.SortStableFunc(c.spare, compareVersions)
	return nil
}

// badBuffer tells of a buffer that the next open does not commit. last is the number of
// the last one that it does.
func (c *checker) badBuffer(b *leftBuffer, last uint64) {
	bytes, entries := b.rest()
	problem := fmt.Sprintf("its checksums do not cover its end, about %d writes", entries)
	if !b.damaged {
		bytes, problem = 0, fmt.Sprintf("its number is %d, and what was put before, since number %d, is missing", b.number, last)
	}
	c.fault(Fault{File: filepath.Join(sideDir, filepath.Base(b.path)), What: "buffer", Offset: int64(bufferDataAt + b.end), Bytes: int64(bytes), Problem: problem, Lost: b.damaged}, nil, nil)
}

// readSetAside reads the buffers that earlier opens have set aside.
func (c *checker) readSetAside(dir string, committed uint64) error {
	for _, name := range c.inv.side {
		if !strings.Contains(name, unverifiedSuffix) {
			continue
		}
		taken := ""
		if strings.Contains(name, bufferSuffix) {
			taken = "; --repair takes what its checksums cover"
			mem, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			if b, ok, err := parseLeftBuffer(mem, bootID()); err == nil && ok {
				c.spare = appendBuffer(c.spare, &b, committed)
			}
		}
		c.note("%s holds what an earlier open did not trust%s", filepath.Join(sideDir, name), taken)
	}
	return nil
}

// afterAll is above all sequence numbers of RocksDB, which have 56 bits.
const afterAll = 1 << 56

// appendBuffer appends what checksums cover of a buffer. What was put after the last
// buffer that is committed is newer than all else. Of an older buffer it is not known
// how old it is: it counts where nothing else has the key.
func appendBuffer(to []version, b *leftBuffer, committed uint64) []version {
	seq := uint64(0)
	if b.known && b.number > committed {
		seq = afterAll + (b.number-committed)<<lengthBits
	}
	for at := wireHeader; at < b.end; {
		e, err := readEntry(b.data, at)
		if err != nil {
			return to // a checksum covers it
		}
		at = e.end
		if e.tag != tagSeal && string(e.key) != bufferKey {
			kind := sst.KindPut
			if e.tag == tagDelete {
				kind = sst.KindDelete
			}
			to = append(to, version{e.key, e.value, seq, kind})
		}
		if seq > 0 {
			seq++
		}
	}
	return to
}

// merge returns a merge of the keys from lower to upper; nil is no bound.
func (c *checker) merge(lower, upper []byte, more ...*feed) *merge {
	feeds := more
	for _, t := range c.tables {
		if t.first == nil || upper != nil && bytes.Compare(t.first, upper) >= 0 {
			continue
		}
		f := &feed{rank: 1}
		f.key = t.first
		if bytes.Compare(t.first, lower) < 0 {
			f.key = lower
		}
		c.feedTable(f, t, lower, upper)
		feeds = append(feeds, f)
	}
	feeds = append(feeds, &feed{rank: 2, entries: within(c.entries, lower, upper)})
	return newMerge(feeds, slices.Clone(c.deletes), func(key []byte, kind sst.Kind) {
		c.fault(Fault{What: keyFault, Problem: fmt.Sprintf("an entry of the unknown kind %d", kind), Lost: true}, bytes.Clone(key), nil)
	})
}

// feedTable makes f give the versions of a table.
func (c *checker) feedTable(f *feed, t *checkedTable, lower, upper []byte) {
	f.open = func() *sst.Iterator {
		return t.table.Iterate(lower, upper, func(f *sst.Fault) { _ = c.tell(t, f) })
	}
	bytesRead, entries := int64(0), uint64(0)
	f.moved = func(it *sst.Iterator, ok bool) {
		if it.Bytes != bytesRead {
			c.progress(it.Bytes - bytesRead)
			bytesRead = it.Bytes
			if err := c.ctx.Err(); err != nil {
				c.fail(err)
			}
		}
		if ok {
			entries++
			t.checkSequence(c, it.Seq)
			return
		}
		if err := it.Err(); err != nil {
			c.fail(fmt.Errorf("%s: %w", t.name, err))
		}
		if c.counting {
			t.read.Add(entries)
		}
		if upper == nil {
			t.checkKeys(c, it.Last())
		}
	}
}

// checkSequence checks that a sequence number is one of those that the MANIFEST tells.
func (t *checkedTable) checkSequence(c *checker, seq uint64) {
	if t.meta != nil && (seq < t.meta.first || seq > t.meta.last) && !t.odd.Swap(true) {
		c.fault(Fault{File: t.name, What: "table file", Problem: fmt.Sprintf("it has the sequence number %d, and the MANIFEST says %d to %d", seq, t.meta.first, t.meta.last)}, nil, nil)
	}
}

// checkKeys checks that the first and last key are within what the MANIFEST tells.
func (t *checkedTable) checkKeys(c *checker, last []byte) {
	if t.meta == nil || last == nil {
		return
	}
	if (bytes.Compare(t.first, userKey(t.meta.smallest)) < 0 || bytes.Compare(last, userKey(t.meta.largest)) > 0) && !t.odd.Swap(true) {
		c.fault(Fault{File: t.name, What: "table file", Problem: fmt.Sprintf("its keys are %.60q to %.60q, and the MANIFEST says %.60q to %.60q",
			t.first, last, userKey(t.meta.smallest), userKey(t.meta.largest))}, nil, nil)
	}
}

// within returns the part of sorted versions whose keys are from lower to upper.
func within(all []version, lower, upper []byte) []version {
	find := func(key []byte) int {
		i, _ := slices.BinarySearchFunc(all, key, func(v version, key []byte) int { return bytes.Compare(v.key, key) })
		for i > 0 && bytes.Equal(all[i-1].key, key) {
			i--
		}
		return i
	}
	to := len(all)
	if upper != nil {
		to = find(upper)
	}
	return all[min(find(lower), to):to]
}

// fail notes that a file could not be read, or that the check was ended.
func (c *checker) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken == nil {
		c.broken = err
	}
}

func (c *checker) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// walk reads all keys: with visit in their order, in this goroutine, else in parts on
// all cores.
func (c *checker) walk(visit func(key, value []byte) error) error {
	bounds := [][]byte{nil, nil}
	if visit == nil {
		bounds = c.bounds()
	}
	parts := make([]*census, len(bounds)-1)
	c.counting = true
	err := c.parallel(len(parts), func(i int) error {
		parts[i] = newCensus(c.format, func(key []byte, problem string) {
			c.fault(Fault{What: keyFault, Problem: problem}, bytes.Clone(key), nil)
		})
		var more []*feed
		if visit != nil {
			more = append(more, &feed{entries: c.spare})
		}
		m := c.merge(bounds[i], bounds[i+1], more...)
		for n := 0; m.next(); n++ {
			parts[i].add(m.key, m.value)
			if visit != nil {
				if err := visit(m.key, m.value); err != nil {
					return err
				}
			}
			if n%1024 == 0 && c.failed() != nil {
				break
			}
		}
		return c.failed()
	})
	if err != nil {
		return err
	}
	for _, p := range parts[1:] {
		parts[0].join(p)
	}
	c.take(parts[0])
	for _, t := range c.tables {
		if n := t.read.Load(); t.whole.Load() && n != t.table.Entries {
			c.fault(Fault{File: t.name, What: "table file", Problem: fmt.Sprintf("it has %d entries, and its properties say %d", n, t.table.Entries)}, nil, nil)
		}
	}
	return nil
}

// bounds parts all keys into pieces of about the same size.
func (c *checker) bounds() [][]byte {
	const pieces, most = 32, 4 << 20
	var keys [][]byte
	for _, t := range c.tables {
		keys = append(keys, t.table.Sample(int(t.size/most))...)
	}
	slices.SortFunc(keys, bytes.Compare)
	bounds := [][]byte{nil}
	for i := range pieces - 1 {
		if at := (i + 1) * len(keys) / pieces; at < len(keys) && !bytes.Equal(keys[at], bounds[len(bounds)-1]) {
			bounds = append(bounds, keys[at])
		}
	}
	return append(bounds, nil)
}

// take takes over what was counted.
func (c *checker) take(counted *census) {
	r := c.report
	r.Ticks, r.Records, r.Points, r.Raw, r.Unit = counted.ticks, counted.records, counted.points, counted.raw, counted.unit
	c.codes = counted.codes
	instruments, families := counted.finish()
	r.Instruments = append(r.Instruments, instruments...)
	r.Families = append(r.Families, families...)
}

// finish returns the report.
func (c *checker) finish() *CheckReport {
	if c.known {
		c.report.Format = c.format.String()
	}
	if more := c.badKeys - mostBadKeys; more > 0 {
		c.note("%d more keys are damaged, which are not listed", more)
	}
	for i := range c.report.Faults {
		f := &c.report.Faults[i]
		f.After, f.Before = c.describe(c.lost[i].after), c.describe(c.lost[i].before)
	}
	slices.SortStableFunc(c.report.Faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset))
	})
	if c.o.Progress != nil {
		c.o.Progress(c.total, c.total)
	}
	return c.report
}

// describe shows a key: its instrument and time if it has them.
func (c *checker) describe(key []byte) string {
	if key == nil {
		return ""
	}
	if c.format == tick.V1 && len(key) == v1KeySize {
		if ts := binary.BigEndian.Uint64(key[symbolSize:]); ts < tick.MaxTime {
			symbol := strings.TrimRight(string(key[:symbolSize]), " ")
			if standIn := string(key[:symbolSize]); isStandIn(key[:symbolSize], tick.V1) {
				symbol = cmp.Or(c.codes[standIn], tick.Unnamed(standInNumber(standIn)))
			}
			return fmt.Sprintf("%s %s", symbol, tick.FormatTime(int64(ts), tick.Shanghai))
		}
	}
	if in, ts, _, err := decodeTickKey(key[max(len(key)-tickKeySize, 0):]); err == nil {
		return c.describeTick(in, ts)
	}
	if len(key) > rowKeySize && tick.Printable(key[0]) { // a key of an index, which is cut
		long := append(bytes.Clone(key), make([]byte, tickKeySize)...)[:tickKeySize]
		if in, ts, _, err := decodeTickKey(long); err == nil {
			return c.describeTick(in, ts)
		}
	}
	return fmt.Sprintf("the key %.80q", key)
}

// describeTick shows an instrument and a time.
func (c *checker) describeTick(in tick.Instrument, ts int64) string {
	name := tick.Name{Market: in.Market(), Code: in.Code()}
	if in.IsStandIn() {
		name.Code = cmp.Or(c.codes[string(in[1:])], name.Code)
	}
	return fmt.Sprintf("%v %s", name, tick.FormatTime(ts, tick.Shanghai))
}
