package sst

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The index has an entry for each data block, in their order: a key that is not below
// the last key of the block and below the first key of the next, and the handle of the
// block. RocksDB cuts these keys as short as it can.
//
//	entry       bytes of the value
//	first       handle
//	others      handle; with differences and a shared key: zigzag varint of size minus size before,
//	            and the block begins where the one before ends
//	kind 3      then varint length of the block's first key, and that key
//
// The index of kind 2 has two levels: the handles are those of index blocks.
const (
	indexTwoLevel = 2
	indexFirstKey = 3

	partOfIndex = "part of the index"
)

// indexForm is the form of a table's index.
type indexForm struct {
	kind     uint32
	userKeys bool // its keys have no sequence number
	delta    bool // handles are differences
}

// oneLevel returns the form of one block of the index.
func (f indexForm) oneLevel() indexForm {
	if f.kind == indexTwoLevel {
		f.kind = 0
	}
	return f
}

var errHandle = errors.New("an entry has no handle")

// indexEntry is an entry of an index.
type indexEntry struct {
	limit []byte // no key of the block is above; valid until the next entry is read
	Handle
}

// indexBlock iterates over the entries of one index block.
type indexBlock struct {
	form  indexForm
	block block
	last  Handle
}

func newIndexBlock(content []byte, form indexForm) (indexBlock, error) {
	b, err := newBlock(content)
	b.noSizes = form.delta
	return indexBlock{form: form, block: b}, err
}

// next returns the next entry and whether there is one.
func (b *indexBlock) next() (e indexEntry, ok bool, err error) {
	if ok, err := b.block.next(); !ok || err != nil {
		return e, false, err
	}
	rest := b.block.value
	if b.form.delta && b.block.shared {
		delta, n := binary.Varint(rest)
		if n <= 0 {
			return e, false, errHandle
		}
		rest = rest[n:]
		b.last = Handle{b.last.end(), b.last.Size + uint64(delta)}
	} else if b.last, rest, ok = readHandle(rest); !ok {
		return e, false, errHandle
	}
	if b.form.kind == indexFirstKey {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return e, false, errHandle
		}
		rest = rest[n+int(size):]
	}
	if b.form.delta {
		b.block.skip(rest)
	}
	e = indexEntry{b.block.key, b.last}
	if !b.form.userKeys {
		if e.limit, _, _, ok = splitKey(b.block.key); !ok {
			return e, false, fmt.Errorf("a key of %d bytes", len(b.block.key))
		}
	}
	return e, true, nil
}

// index iterates over the data blocks of a table by its index.
type index struct {
	t      *Table
	top    indexBlock
	part   indexBlock // of a two-level index
	inPart bool
	parts  []namedHandle // of a two-level index: those that were read
}

// newIndex begins before the first data block. Open has seen that the index is one.
func (t *Table) newIndex() *index {
	top, _ := newIndexBlock(t.index, t.indexForm.oneLevel())
	return &index{t: t, top: top}
}

// next returns the next data block and whether there is one. After a *Fault, which is
// a part that cannot be read, next goes on behind it.
func (x *index) next() (e indexEntry, ok bool, err error) {
	for {
		if x.inPart {
			if e, ok, err := x.part.next(); ok || err != nil {
				x.inPart = err == nil
				return e, ok, err
			}
			x.inPart = false
		}
		e, ok, err = x.top.next()
		if !ok || err != nil || x.t.indexForm.kind != indexTwoLevel {
			return e, ok, err
		}
		content, err := x.t.readBlock(e.Handle, nil, x.t.maxIndex())
		if err == nil {
			x.part, err = newIndexBlock(content, x.top.form)
		}
		if err != nil {
			return e, false, x.t.fault(partOfIndex, e.Handle, err)
		}
		x.inPart = true
		x.parts = append(x.parts, namedHandle{partOfIndex, e.Handle})
	}
}
