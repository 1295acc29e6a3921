package store

import (
	"bytes"
	"cmp"
	"slices"

	"microts/internal/sst"
)

// version is one put or delete of a key, as a table file, a WAL or a buffer holds it.
// Of the versions of a key, the one with the highest sequence number counts; of equal
// ones, that of the feed with the higher rank.
type version struct {
	key, value []byte
	seq        uint64
	kind       sst.Kind
}

// compareVersions orders versions by key, and those of a key from the newest on.
func compareVersions(a, b version) int {
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c
	}
	return cmp.Compare(b.seq, a.seq)
}

// feed gives versions in the order of compareVersions.
type feed struct {
	version // to which advance moved; its slices are valid until the next advance
	rank    int

	open    func() *sst.Iterator // of a table file: called when its turn comes
	table   *sst.Iterator
	moved   func(it *sst.Iterator, ok bool) // called after each advance of table; not ok: to the end
	entries []version                       // of anything else: those to come
}

// advance moves to the next version and says whether there is one.
func (f *feed) advance() bool {
	if f.open != nil {
		f.table, f.open = f.open(), nil
	}
	if t := f.table; t != nil {
		ok := t.Next()
		f.version = version{t.Key, t.Value, t.Seq, t.Kind}
		f.moved(t, ok)
		return ok
	}
	if len(f.entries) == 0 {
		return false
	}
	f.version, f.entries = f.entries[0], f.entries[1:]
	return true
}

// merge gives the keys of its feeds that exist, in their order, each with its newest
// value.
type merge struct {
	key, value []byte // to which next moved; valid until the next call

	heap    []*feed // the least is first
	deletes []sst.RangeDelete
	active  []sst.RangeDelete
	begun   bool
	odd     func(key []byte, kind sst.Kind) // called with a version that is neither put nor delete
}

// newMerge returns a merge. A feed with open begins at its key, which is not above the
// first one that it will give. Both slices are the merge's from then on.
func newMerge(feeds []*feed, deletes []sst.RangeDelete, odd func([]byte, sst.Kind)) *merge {
	m := &merge{deletes: deletes, odd: odd}
	slices.SortFunc(m.deletes, func(a, b sst.RangeDelete) int { return bytes.Compare(a.Start, b.Start) })
	for _, f := range feeds {
		if f.open != nil || f.advance() {
			m.heap = append(m.heap, f)
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m
}

func before(a, b *feed) bool {
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	if (a.open != nil) != (b.open != nil) {
		return a.open != nil // what it holds is not known yet
	}
	if a.seq != b.seq {
		return a.seq > b.seq
	}
	return a.rank > b.rank
}

// sink moves the feed at a place of the heap to where it belongs.
func (m *merge) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if before(m.heap[child], m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// step moves the first feed on.
func (m *merge) step() {
	if f := m.heap[0]; !f.advance() {
		n := len(m.heap) - 1
		m.heap[0], m.heap = m.heap[n], m.heap[:n]
	}
	if len(m.heap) > 1 {
		m.sink(0)
	}
}

// next moves to the next key that exists and says whether there is one.
func (m *merge) next() bool {
	for len(m.heap) > 0 {
		top := m.heap[0]
		if top.open != nil || m.begun && bytes.Equal(top.key, m.key) {
			m.step()
			continue
		}
		m.key, m.begun = append(m.key[:0], top.key...), true
		switch top.kind {
		case sst.KindPut:
			if m.deleted(top.key, top.seq) {
				continue
			}
			m.value = top.value
			return true
		case sst.KindDelete, sst.KindSingleDelete:
		default:
			m.odd(top.key, top.kind)
		}
	}
	return false
}

// deleted says whether a range deletion removes a version. The keys of its calls
// ascend.
func (m *merge) deleted(key []byte, seq uint64) bool {
	for len(m.deletes) > 0 && bytes.Compare(m.deletes[0].Start, key) <= 0 {
		m.active, m.deletes = append(m.active, m.deletes[0]), m.deletes[1:]
	}
	if len(m.active) == 0 {
		return false
	}
	m.active = slices.DeleteFunc(m.active, func(d sst.RangeDelete) bool { return bytes.Compare(d.End, key) <= 0 })
	return slices.ContainsFunc(m.active, func(d sst.RangeDelete) bool { return d.Seq > seq })
}
