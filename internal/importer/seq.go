package importer

import (
	"encoding/binary"
	"slices"

	"microts/internal/tick"
)

// seqs numbers the ticks of an instrument that have one time, in the order in which they
// come. The numbers depend on nothing else: not on what is in the database. So an import
// that is run again writes each tick where it was.
//
// Times that ascend are kept in pages, about 2 bytes each. A time that comes after a
// later one is looked up there and from then on kept in old.
type seqs struct {
	any   bool
	last  int64  // the greatest time
	count uint32 // ticks that it has
	pages []page
	old   map[int64]uint32 // ticks of times that came late
}

// page holds ascending times and how many ticks each has: of each a varint with twice the
// distance from the time before, plus 1 if it has several ticks, whose number follows.
type page struct {
	first, last int64
	data        []byte
}

const pageSize = 1 << 10

// next returns the number of the next tick of a time; ok is false if there is none.
func (s *seqs) next(ts int64) (seq uint16, ok bool) {
	switch {
	case s.any && ts == s.last:
		if s.count > tick.MaxSeq {
			return 0, false
		}
		s.count++
		return uint16(s.count - 1), true
	case !s.any || ts > s.last:
		if s.any {
			s.keep()
		}
		s.any, s.last, s.count = true, ts, 1
		return 0, true
	}
	n, known := s.old[ts]
	if !known {
		n = s.lookUp(ts)
		if s.old == nil {
			s.old = map[int64]uint32{}
		}
	}
	if n > tick.MaxSeq {
		return 0, false
	}
	s.old[ts] = n + 1
	return uint16(n), true
}

// keep appends the last time to the pages.
func (s *seqs) keep() {
	n := len(s.pages)
	if n == 0 || len(s.pages[n-1].data) > pageSize {
		s.pages = append(s.pages, page{first: s.last, last: s.last})
		n++
	}
	p := &s.pages[n-1]
	distance := uint64(s.last-p.last) << 1
	p.last = s.last
	if s.count == 1 {
		p.data = binary.AppendUvarint(p.data, distance)
		return
	}
	p.data = binary.AppendUvarint(p.data, distance|1)
	p.data = binary.AppendUvarint(p.data, uint64(s.count))
}

// lookUp returns how many ticks a time before the last has in the pages.
func (s *seqs) lookUp(ts int64) uint32 {
	i, exact := slices.BinarySearchFunc(s.pages, ts, func(p page, ts int64) int {
		switch {
		case p.first < ts:
			return -1
		case p.first > ts:
			return 1
		}
		return 0
	})
	if !exact {
		i--
	}
	if i < 0 || ts > s.pages[i].last {
		return 0
	}
	p := &s.pages[i]
	at := p.first
	for data := p.data; len(data) > 0; {
		distance, n := binary.Uvarint(data)
		data = data[n:]
		at += int64(distance >> 1)
		count := uint64(1)
		if distance&1 != 0 {
			count, n = binary.Uvarint(data)
			data = data[n:]
		}
		if at >= ts {
			if at == ts {
				return uint32(count)
			}
			return 0
		}
	}
	return 0
}
