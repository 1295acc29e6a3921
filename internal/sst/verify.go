package sst

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Verify reads all blocks but the data blocks, and checks that blocks follow one
// another without gaps. It calls fault with each piece of damage. The error is of the
// reader of the file.
func (t *Table) Verify(fault func(*Fault)) error {
	v := verifier{t: t, fault: fault}
	if err := v.others(); err != nil {
		return err
	}
	if err := v.data(); err != nil || v.lost {
		return err
	}
	v.layout()
	return nil
}

// verifier does the work of Verify.
type verifier struct {
	t     *Table
	fault func(*Fault)
	spans []namedHandle // of the blocks that are no data blocks
	end   uint64        // where the last data block ends
	lost  bool          // not all blocks are known
}

// tell calls fault with an error that is one, and returns any other.
func (v *verifier) tell(err error) error {
	f := (*Fault)(nil)
	if !errors.As(err, &f) {
		return err
	}
	v.fault(f)
	return nil
}

// others reads the blocks that the metaindex names.
func (v *verifier) others() error {
	for _, m := range v.t.meta {
		v.spans = append(v.spans, m)
		if m.name == propertiesName || m.name == dictionaryName || m.name == indexName || m.name == metaindexName {
			continue // Open has read them
		}
		content, err := v.t.readBlock(m.Handle, nil, v.t.maxIndex())
		if err != nil {
			if err = v.tell(v.t.fault(describe(m.name), m.Handle, err)); err != nil {
				return err
			}
			v.lost = v.lost || strings.HasPrefix(m.name, partitionedName)
			continue
		}
		if strings.HasPrefix(m.name, partitionedName) {
			if err := v.parts(m, content); err != nil {
				return err
			}
		}
	}
	return nil
}

// parts reads the parts of a partitioned filter, whose index is content.
func (v *verifier) parts(m namedHandle, content []byte) error {
	b, err := newIndexBlock(content, v.t.indexForm.oneLevel())
	for err == nil {
		e, ok, nextErr := b.next()
		if nextErr == nil && !ok {
			return nil
		}
		if err = nextErr; err != nil {
			break
		}
		v.spans = append(v.spans, namedHandle{"part of the filter", e.Handle})
		if _, err := v.t.readBlock(e.Handle, nil, v.t.maxIndex()); err != nil {
			if err = v.tell(v.t.fault("part of the filter", e.Handle, err)); err != nil {
				return err
			}
		}
	}
	v.lost = true
	return v.tell(v.t.fault(describe(m.name), m.Handle, err))
}

// data reads the index, and checks that it names data blocks that follow one another.
func (v *verifier) data() error {
	x := v.t.newIndex()
	var previous []byte
	for blocks := uint64(0); ; blocks++ {
		e, ok, err := x.next()
		switch {
		case errors.As(err, new(*Fault)):
			v.lost = true // which blocks it named is not known
			return v.tell(err)
		case err != nil:
		case !ok && blocks == v.t.DataBlocks:
			v.spans = append(v.spans, x.parts...)
			return nil
		case !ok:
			err = fmt.Errorf("it names %d data blocks, and the properties say %d", blocks, v.t.DataBlocks)
		case e.Offset != v.end || blocks > 0 && bytes.Compare(previous, e.limit) > 0:
			err = fmt.Errorf("it names a data block at byte %d that does not follow the one before", e.Offset)
		}
		if err != nil {
			v.lost = true
			h, _ := v.t.find(indexName)
			return v.tell(v.t.fault("index block", h, err))
		}
		previous, v.end = append(previous[:0], e.limit...), e.end()
	}
}

// layout checks that no byte lies between the blocks.
func (v *verifier) layout() {
	slices.SortFunc(v.spans, func(a, b namedHandle) int { return cmp.Compare(a.Offset, b.Offset) })
	at := v.end
	for _, s := range append(v.spans, namedHandle{"footer", Handle{Offset: uint64(v.t.size - footerSize)}}) {
		if s.Offset != at {
			from := int64(min(at, s.Offset))
			v.fault(&Fault{
				What: describe(s.name), Offset: from, Bytes: int64(max(at, s.Offset)) - from,
				Err: fmt.Errorf("it begins at byte %d, and the block before it ends at byte %d", s.Offset, at),
			})
			return
		}
		at = s.end()
	}
}

// describe returns what a block with a name of the metaindex is.
func describe(name string) string {
	switch {
	case name == indexName, name == metaindexName:
		return name + " block"
	case strings.Contains(name, "filter."):
		return "filter"
	case name == rangeDeleteName:
		return "range deletions"
	case name == propertiesName:
		return "properties block"
	case name == dictionaryName:
		return "dictionary"
	}
	return fmt.Sprintf("block %.60q", name)
}
