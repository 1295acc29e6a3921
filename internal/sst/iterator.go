package sst

import (
	"bytes"
	"errors"
	"slices"
)

// Iterator reads the entries of a table, or of a part of it, in their order: ascending
// keys, and descending sequence numbers of one key. It passes over what is damaged and
// tells of it. It is for one goroutine.
//
//	for it := t.Iterate(nil, nil, fault); it.Next(); {
//		use(it.Key, it.Seq, it.Kind, it.Value)
//	}
type Iterator struct {
	// The entry to which Next moved. The slices are valid until the next Next.
	Key   []byte
	Seq   uint64
	Kind  Kind
	Value []byte

	// Bytes is how many bytes of the file were read so far, and Blocks how many data
	// blocks.
	Bytes  int64
	Blocks uint64

	t            *Table
	blocks       blockSource
	lower, upper []byte
	fault        func(*Fault)

	buf     buffers
	block   block
	open    bool
	handle  Handle
	limit   []byte // of the block: no key of it is above; nil: unknown
	last    []byte // the key read last
	lastSeq uint64
	begun   bool   // last is set
	before  []byte // the limit of the block before
	pending *Fault // a lost block, until it is known which key comes after
	err     error
}

// blockSource finds the data blocks of a table in their order. next returns nil and
// false at the end; after a *Fault it goes on.
type blockSource interface {
	next() (e indexEntry, ok bool, err error)
}

// Iterate returns an iterator over the keys from lower to upper, upper excluded; nil
// is no bound. fault is called with each piece of damage;
// it may keep the Fault.
func (t *Table) Iterate(lower, upper []byte, fault func(*Fault)) *Iterator {
	it := &Iterator{t: t, lower: lower, upper: upper, fault: fault}
	if t.found != nil {
		it.blocks = &foundBlocks{t.found}
	} else {
		it.blocks = t.newIndex()
	}
	return it
}

// Err returns why the file could not be read, or nil. Damage is no such error.
func (it *Iterator) Err() error { return it.err }

// Last returns the last key that was read, also one behind the upper bound. It is valid
// until the next Next.
func (it *Iterator) Last() []byte { return it.last }

// Next moves to the next entry and says whether there is one.
func (it *Iterator) Next() bool {
	for it.err == nil {
		if !it.open && !it.nextBlock() {
			break
		}
		more, err := it.block.next()
		if err != nil {
			it.lose(err)
			it.open = false
			continue
		}
		if !more {
			it.open = false
			continue
		}
		key, seq, kind, ok := splitKey(it.block.key)
		if !ok || !it.inOrder(key, seq) {
			it.lose(errOrder)
			continue
		}
		if it.upper != nil && bytes.Compare(key, it.upper) >= 0 {
			it.told(key)
			return false
		}
		it.told(key)
		it.last, it.lastSeq, it.begun = append(it.last[:0], key...), seq, true
		if it.lower != nil {
			if bytes.Compare(key, it.lower) < 0 {
				continue
			}
			it.lower = nil // all further keys are above
		}
		if it.t.External {
			seq = it.t.GlobalSeq
		}
		it.Key, it.Seq, it.Kind, it.Value = key, seq, kind, it.block.value
		return true
	}
	it.told(nil)
	return false
}

var errOrder = errors.New("its keys are not in order")

// inOrder says whether an entry may follow the one before.
func (it *Iterator) inOrder(key []byte, seq uint64) bool {
	if it.begun {
		if c := bytes.Compare(it.last, key); c > 0 || c == 0 && it.lastSeq <= seq {
			return false
		}
	}
	return it.limit == nil || bytes.Compare(key, it.limit) <= 0
}

// nextBlock opens the next data block that can be read and says whether there is one.
func (it *Iterator) nextBlock() bool {
	for {
		e, ok, err := it.blocks.next()
		if f := (*Fault)(nil); errors.As(err, &f) {
			it.fault(f)
			continue
		}
		if err != nil {
			it.fail(err)
			return false
		}
		if !ok || it.upper != nil && it.before != nil && bytes.Compare(it.before, it.upper) >= 0 {
			return false
		}
		if it.lower != nil && e.limit != nil && bytes.Compare(e.limit, it.lower) < 0 {
			it.before = append(it.before[:0], e.limit...)
			continue
		}
		it.handle = e.Handle
		err = it.openBlock(e)
		if errors.Is(err, errRead) {
			it.fail(err)
			return false
		}
		it.Bytes += int64(e.Size + trailerSize)
		it.Blocks++
		if err != nil {
			it.lose(err)
		}
		if it.limit = e.limit; e.limit != nil {
			it.before = append(it.before[:0], e.limit...)
			it.limit = it.before
		}
		if err == nil {
			it.open = true
			return true
		}
	}
}

// fail ends the iteration: an index whose entries are not whole is damage, all else is
// an error of the file.
func (it *Iterator) fail(err error) {
	if errors.Is(err, errRead) {
		it.err = err
		return
	}
	h, _ := it.t.find(indexName)
	if f := (*Fault)(nil); errors.As(it.t.fault("index block", h, err), &f) {
		f.After = it.lastKey()
		it.fault(f)
	}
}

func (it *Iterator) openBlock(e indexEntry) error {
	content, err := it.t.readBlock(e.Handle, &it.buf, maxBlock)
	if err != nil {
		return err
	}
	key := it.block.key[:0]
	it.block, err = newBlock(content)
	it.block.key = key
	return err
}

// lose notes that the current block, or a part of it, is lost.
func (it *Iterator) lose(err error) {
	if p := it.pending; p != nil && p.Err.Error() == err.Error() && p.Offset+p.Bytes <= int64(it.handle.Offset) {
		p.Bytes = int64(it.handle.end()) - p.Offset
		return
	}
	if it.pending != nil {
		if it.pending.Offset == int64(it.handle.Offset) {
			return // it is told of already
		}
		it.told(nil)
	}
	f := it.t.fault("data block", it.handle, err).(*Fault) // err is not of the file
	f.After = it.lastKey()
	it.pending = f
}

func (it *Iterator) lastKey() []byte {
	switch {
	case it.begun:
		return slices.Clone(it.last)
	case it.before != nil:
		return slices.Clone(it.before)
	}
	return nil
}

// told tells of a lost block. key is the first one behind it; nil: there is none.
func (it *Iterator) told(key []byte) {
	if it.pending == nil {
		return
	}
	if key != nil && it.pending.Offset == int64(it.handle.Offset) && it.open {
		return // a part of this block is lost: the key may be before it
	}
	it.pending.Before = slices.Clone(key)
	it.fault(it.pending)
	it.pending = nil
}
