package store

import "microts/internal/tick"

// recentPuts are the last puts to some series, each in the place that its instrument's
// hash tells; a put to another series of that place replaces it. So a put over the last
// one of its series, as those of ticks with one time and no seq are, is noticed at no
// cost.
type recentPuts [1 << recentBits]recentPut

const recentBits = 9

type recentPut struct {
	id  seriesID
	at  moment
	set bool
}

func (r *recentPuts) place(id *seriesID) *recentPut {
	return &r[instrumentHash(&id.in)>>(64-recentBits)^uint64(id.dataType)]
}

// put takes a put and says whether it is over the last one of its series.
func (r *recentPuts) put(id *seriesID, at moment) (over bool) {
	p := r.place(id)
	if p.at == at && p.id == *id && p.set {
		return true
	}
	*p = recentPut{*id, at, true}
	return false
}

// has says whether a moment is that of the last put of a series.
func (r *recentPuts) has(id *seriesID, at moment) bool {
	p := r.place(id)
	return p.set && p.id == *id && p.at == at
}

// forget tells that rows of a series were removed.
func (r *recentPuts) forget(id *seriesID) {
	if p := r.place(id); p.id == *id {
		p.set = false
	}
}

// noteAt takes note of a row that was put. The caller holds mu.
func (c *chain) noteAt(id *seriesID, at moment) {
	if c.recent.put(id, at) {
		c.overwritten++
	}
	c.seqs.put(id, at)
}

// noteRemoval takes note that rows were removed. The caller holds mu.
func (c *chain) noteRemoval(id *seriesID) {
	c.recent.forget(id)
	c.seqs.forget(id)
}

// remove appends the delete of a row to a buffer; false: there is no room. The caller
// holds mu.
func (c *chain) remove(b *buffer, id *seriesID, key []byte) bool {
	if !b.appendEntry(tagDelete, key, "") {
		return false
	}
	c.noteRemoval(id)
	return true
}

// noteRaw takes note of a raw key that was put or removed. The caller holds mu.
func (c *chain) noteRaw(key []byte) {
	id := seriesID{}
	if len(key) == typedSkip+tickKeySize && key[0] == typedTag {
		id.dataType = key[1]
		key = key[typedSkip:]
	}
	if len(key) == tickKeySize {
		id.in = tick.Instrument(key)
		c.noteRemoval(&id)
	}
}
