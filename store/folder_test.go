package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDatabaseThatIsGoneIsAnErrorAtTheNextPut removes, moves and replaces the folder of
// an open database.
func TestDatabaseThatIsGoneIsAnErrorAtTheNextPut(t *testing.T) {
	for name, take := range map[string]func(path string) error{
		"removed": os.RemoveAll,
		"moved":   func(path string) error { return os.Rename(path, path+".moved") },
		"replaced": func(path string) error {
			if err := os.Rename(path, path+".moved"); err != nil {
				return err
			}
			return os.CopyFS(path, os.DirFS(path+".moved"))
		},
	} {
		for _, d := range []Durability{Process, Sync, None} {
			t.Run(name+" "+d.String(), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "db")
				db, err := env.Open(path, &Options{Durability: d})
				if err != nil {
					t.Fatal(err)
				}
				mustPut(t, db, pingAn, 1, 0, "x")
				if err := db.Flush(); err != nil {
					t.Fatal(err)
				}
				if err := take(path); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * checkEvery)
				const want = "was removed, moved or replaced"
				if err := db.Put(pingAn, 2, 0, "x"); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("put: %v", err)
				}
				if err := db.Flush(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("flush: %v", err)
				}
				if err := db.Close(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("close: %v", err)
				}
			})
		}
	}
}

// TestDatabaseThatIsGoneDuringALoad removes the folder in the midst of puts: the error
// comes before two more buffers are full.
func TestDatabaseThatIsGoneDuringALoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	value := strings.Repeat("v", 1000)
	const gone, most = 3000, 3000 + 2*bufferSize/1000
	i := int64(0)
	for ; err == nil && i < 2*most; i++ {
		if i == gone {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		err = db.Put(pingAn, i, 0, value)
	}
	if err == nil || i > most {
		t.Errorf("the database is gone before put %d; put %d: %v", gone, i, err)
	}
	if err := db.Close(); err == nil {
		t.Error("close without an error")
	}
}

// TestBufferThatIsGoneIsAnError removes the file of a buffer: what is put next would not
// survive the death of the process. What was put before is in RocksDB.
func TestBufferThatIsGoneIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, pingAn, 1, 0, "x")
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(db.chain.current.Load().file.Name()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * checkEvery)
	if err := db.Put(pingAn, 2, 0, "x"); err == nil || !strings.Contains(err.Error(), "the write buffer") {
		t.Errorf("put: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if rows := allRows(t, openDB(t, path, nil), pingAn); len(rows) != 1 {
		t.Errorf("%d ticks", len(rows))
	}
}
