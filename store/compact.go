package store

import (
	"slices"
	"time"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// Compact rewrites the files that hold points of the symbol into few files, without
// what was overwritten or removed.
func (s *Series) Compact() error {
	if err := s.find(); err != nil {
		return err
	}
	first, last := makeTickKey(s.in, 0, 0), makeTickKey(s.in, tick.MaxTime-1, tick.MaxSeq)
	ranges := []grocksdb.Range{
		{Start: first[:], Limit: append(last[:], 0)},
		{Start: []byte{typedTag}, Limit: []byte{typedTag + 1}}, // the other data types, of all symbols
	}
	if s.db.Format() == tick.V1 {
		symbol := s.key[:symbolSize]
		ranges = []grocksdb.Range{{Start: symbol, Limit: append(slices.Clone(symbol), 0xff)}}
	}
	return s.db.compact(ranges...)
}

// Compact rewrites all files of the database into few files, without what was
// overwritten or removed.
func (db *DB) Compact() error { return db.compact(grocksdb.Range{}) }

func (db *DB) compact(ranges ...grocksdb.Range) error {
	if err := db.writable(); err != nil {
		return err
	}
	r := db.rocks
	if err := db.enterSettled(allMarks); err != nil {
		return err
	}
	defer r.use.RUnlock()
	if err := r.flushMemtables(); err != nil {
		return err
	}
	for _, keys := range ranges {
		if err := r.compactRange(keys, db.interrupted); err != nil {
			return err
		}
	}
	return nil
}

// compactRange compacts a range of keys until it is done or interrupted returns an
// error, which it returns. The caller has entered r.
func (r *rocks) compactRange(keys grocksdb.Range, interrupted func() error) error {
	// DisableManualCompaction ends all compactions of r: there is one at a time.
	if err := await(r.compactor, interrupted); err != nil {
		return err
	}
	defer func() { r.compactor <- struct{}{} }()
	done := make(chan struct{})
	go func() {
		r.db.CompactRange(keys)
		close(done)
	}()
	err := await(done, interrupted)
	if err != nil {
		r.db.DisableManualCompaction() // waits until the compaction has ended
		<-done
		r.db.EnableManualCompaction()
	}
	return err
}

// interruptInterval is how often await asks whether it is interrupted.
const interruptInterval = 5 * time.Millisecond

// await receives from a channel. If interrupted returns an error first, await
// returns that error.
func await(c <-chan struct{}, interrupted func() error) error {
	ask := time.NewTicker(interruptInterval)
	defer ask.Stop()
	for {
		if err := interrupted(); err != nil {
			return err
		}
		select {
		case <-c:
			return nil
		case <-ask.C:
		}
	}
}
