package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// someWAL returns the bytes of a WAL of n write batches, of which the last is the
// greatest if it has big bytes.
func someWAL(t testing.TB, n, big int) (data []byte, number uint64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	db := openDB(t, path, nil)
	for i := range n {
		mustPut(t, db, pingAn, int64(i), 0, fmt.Sprint("value ", i))
		if err := db.settleAll(); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < big; i += 50_000 {
		mustPut(t, db, pingAn, int64(n+i), 0, strings.Repeat("v", 50_000))
	}
	if err := db.settleAll(); err != nil {
		t.Fatal(err)
	}
	logs, err := filepath.Glob(filepath.Join(path, "*.log"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("WALs %v, %v", logs, err)
	}
	data, err = os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ = fileNumber(filepath.Base(logs[0]))
	return data, number
}

// readWAL reads all records of a WAL, and checks that they stand one behind the other.
func readWAL(t testing.TB, data []byte, number uint64) (records []walRecord, end walEnd) {
	t.Helper()
	w := newWALReader(bytes.NewReader(data), int64(len(data)), number)
	at := int64(0)
	for {
		r, ok := w.next()
		if !ok {
			break
		}
		if r.offset != at {
			t.Fatalf("a record begins at byte %d, and the one before ends at %d", r.offset, at)
		}
		at = r.offset + r.length
		r.batch = bytes.Clone(r.batch)
		records = append(records, r)
	}
	end, err := w.end()
	if err != nil {
		t.Fatal(err)
	}
	if end.at != at {
		t.Fatalf("the log ends at byte %d, and the last record at %d", end.at, at)
	}
	return records, end
}

func TestWALGivesEachWriteBatch(t *testing.T) {
	data, number := someWAL(t, 100, 300_000)
	records, end := readWAL(t, data, number)
	if end.kind != walClean || end.at != int64(len(data)) {
		t.Fatalf("it ends %+v", end)
	}
	if len(records) != 102 { // with the format marker
		t.Errorf("%d records", len(records))
	}
	next := uint64(1)
	for i, r := range records {
		if r.sequence() != next {
			t.Errorf("record %d has the sequence number %d, not %d", i, r.sequence(), next)
		}
		next += uint64(r.count())
	}
}

func TestWALFollowedByZerosIsClean(t *testing.T) {
	data, number := someWAL(t, 3, 0)
	for _, n := range []int{1, 6, 7, 100, 100_000} {
		records, end := readWAL(t, append(bytes.Clone(data), make([]byte, n)...), number)
		if end.kind != walClean || end.at != int64(len(data)) || len(records) != 4 {
			t.Errorf("%d zeros: %d records, it ends %+v", n, len(records), end)
		}
	}
}

// TestCutWALIsTorn cuts a WAL at every byte, and puts zeros in the place of what is
// lost.
func TestCutWALIsTorn(t *testing.T) {
	small, number := someWAL(t, 5, 0)
	big, bigNumber := someWAL(t, 2, 200_000)
	for _, c := range []struct {
		data   []byte
		number uint64
		step   int
	}{{small, number, 1}, {big, bigNumber, 997}} {
		whole, _ := readWAL(t, c.data, c.number)
		for cut := 0; cut < len(c.data); cut += c.step {
			for _, rest := range [][]byte{nil, make([]byte, len(c.data)-cut)} {
				records, end := readWAL(t, append(bytes.Clone(c.data[:cut]), rest...), c.number)
				left := 0
				for left < len(whole) && whole[left].offset+whole[left].length <= int64(cut) {
					left++
				}
				atEnd := left == len(whole) || whole[left].offset == int64(cut)
				if len(records) != left || end.kind == walDamaged || atEnd && end.kind != walClean {
					t.Fatalf("cut to %d of %d bytes, then %d zeros: %d records, not %d; it ends %+v", cut, len(c.data), len(rest), len(records), left, end)
				}
			}
		}
	}
}

// TestFlippedBitInAWALIsDamage flips a bit of every byte: what stands before the record
// is read, and unless the record is the last one, it is damage.
func TestFlippedBitInAWALIsDamage(t *testing.T) {
	small, number := someWAL(t, 5, 0)
	big, bigNumber := someWAL(t, 2, 200_000)
	for _, c := range []struct {
		data   []byte
		number uint64
		step   int
	}{{small, number, 1}, {big, bigNumber, 1997}} {
		whole, _ := readWAL(t, c.data, c.number)
		for i := 0; i < len(c.data); i += c.step {
			data := bytes.Clone(c.data)
			data[i] ^= 1 << (i % 8)
			at := 0
			for at < len(whole)-1 && whole[at+1].offset <= int64(i) {
				at++
			}
			records, end := readWAL(t, data, c.number)
			if len(records) != at || end.kind == walClean || end.kind == walTorn && at < len(whole)-1 {
				t.Fatalf("byte %d of %d flipped, in record %d of %d: %d records, it ends %+v", i, len(data), at, len(whole), len(records), end)
			}
			if end.bytes <= 0 || end.at+end.bytes+end.behind != int64(len(data)) {
				t.Fatalf("byte %d of %d flipped: it ends %+v", i, len(data), end)
			}
		}
	}
}

func TestResumeReadsBehindDamage(t *testing.T) {
	data, number := someWAL(t, 50, 0)
	whole, _ := readWAL(t, data, number)
	for i, damaged := range whole[:len(whole)-1] {
		spoiled := bytes.Clone(data)
		spoiled[damaged.offset+damaged.length/2] ^= 1
		w := newWALReader(bytes.NewReader(spoiled), int64(len(spoiled)), number)
		n := 0
		for more := true; more; {
			for _, ok := w.next(); ok; _, ok = w.next() {
				n++
			}
			var err error
			if more, err = w.resume(); err != nil {
				t.Fatal(err)
			}
		}
		if n != len(whole)-1 {
			t.Errorf("record %d is damaged: %d records of %d", i, n, len(whole)-1)
		}
	}
}

// TestRecyclableWAL reads a WAL of the form that RocksDB writes if it uses files again.
func TestRecyclableWAL(t *testing.T) {
	data, number := someWAL(t, 5, 100_000)
	whole, _ := readWAL(t, data, number)
	var log []byte
	for _, r := range whole {
		log = appendRecyclable(log, r.batch, 77)
	}
	records, end := readWAL(t, log, 77)
	if end.kind != walClean || len(records) != len(whole) {
		t.Fatalf("%d of %d records, it ends %+v", len(records), len(whole), end)
	}
	for i := range records {
		if !bytes.Equal(records[i].batch, whole[i].batch) {
			t.Errorf("record %d differs", i)
		}
	}
	// The rest of an older log follows.
	old := appendRecyclable(bytes.Clone(log), whole[0].batch, 76)
	if records, end := readWAL(t, old, 77); end.kind != walTorn || len(records) != len(whole) {
		t.Errorf("before an older log: %d of %d records, it ends %+v", len(records), len(whole), end)
	}
}

// appendRecyclable appends a record to a log, in recyclable fragments.
func appendRecyclable(log, record []byte, number uint32) []byte {
	for first := true; first || len(record) > 0; first = false {
		room := logBlock - len(log)%logBlock
		if room < logRecyclableHeader {
			log = append(log, make([]byte, room)...)
			room = logBlock
		}
		n := min(len(record), room-logRecyclableHeader)
		kind := byte(logMiddle)
		switch last := n == len(record); {
		case first && last:
			kind = logWhole
		case first:
			kind = logFirst
		case last:
			kind = logLast
		}
		fragment := append([]byte{kind + logRecyclable}, binary.LittleEndian.AppendUint32(nil, number)...)
		fragment = append(fragment, record[:n]...)
		log = binary.LittleEndian.AppendUint32(log, maskedSum(fragment))
		log = binary.LittleEndian.AppendUint16(log, uint16(n))
		log = append(log, fragment...)
		record = record[n:]
	}
	return log
}

func FuzzWAL(f *testing.F) {
	data, number := someWAL(f, 5, 0)
	f.Add(data, uint16(number))
	f.Add(data[:len(data)-10], uint16(number))
	f.Add(appendRecyclable(nil, data[:40], 3), uint16(3))
	f.Fuzz(func(t *testing.T, data []byte, number uint16) {
		_, end := readWAL(t, data, uint64(number))
		if end.at+end.bytes+end.behind > int64(len(data)) {
			t.Errorf("%d bytes, it ends %+v", len(data), end)
		}
	})
}
