package importer

import (
	"errors"
	"fmt"

	"microts/internal/tick"
)

// pointMaker makes points of rows: of those with a data type other than 0, and of all rows if
// they come from a database of format V1 or go into one. It is for one goroutine.
type pointMaker struct {
	dataType     numeric
	source       tick.Format // of the values
	target       tick.Format // of the database
	known        map[typed]int32
	point        tick.Point
	last, lastID int32 // the number of an instrument, and of its points of lastType
	lastType     uint8

	record, made []byte // used again
}

// typed is the number of an instrument, and a data type.
type typed struct {
	id       int32
	dataType uint8
}

// pointMaker returns what makes points of the rows of a file; nil: all rows are ticks.
func (m *mapping) pointMaker(sch *schema) (*pointMaker, error) {
	q := &pointMaker{source: tick.V2, target: m.target, known: map[typed]int32{}, last: -1}
	if m.preset.Name == symbolPreset {
		q.source = tick.V1
	}
	src := m.exprs["data_type"]
	if src == "" && q.source == tick.V2 && q.target == tick.V2 {
		return nil, nil
	}
	if src != "" {
		n, err := sch.numeric("data_type", src)
		if err != nil {
			return nil, fmt.Errorf("data_type: %w", err)
		}
		q.dataType = n
	}
	return q, nil
}

var errOneSeq = errors.New("0 expected: storage engine V1 keeps one point a time")

// makePoint makes a point of the value of a tick, unless the row stays a tick: then it returns
// the value as it is. The entry of a point gets the number of its series and its seq, and is
// raw.
func (p *plan) makePoint(e *entry, value []byte) ([]byte, error) {
	q := p.points
	dataType := uint64(0)
	if q.dataType.made() {
		var err error
		if dataType, err = p.whole(&q.dataType, 255); err != nil {
			return nil, err
		}
	}
	if dataType == 0 && q.source == tick.V2 && q.target == tick.V2 {
		return value, nil
	}
	q.point.Seq = e.seq // that of format V1 is in the value
	if err := tick.DecodePoint(value, &q.point, q.source); err != nil {
		return nil, &fieldError{"raw", fmt.Errorf("a point expected: %w", err)}
	}
	switch {
	case q.source == q.target:
	case q.target == tick.V1 && q.point.Seq > 0:
		return nil, &fieldError{"seq", errOneSeq}
	default:
		q.made = tick.AppendPoint(q.made[:0], &q.point, q.target)
		value = q.made
	}
	if e.seq, e.raw = q.point.Seq, true; q.target == tick.V1 {
		e.seq = 0
	}
	if e.id != q.last || uint8(dataType) != q.lastType {
		key := typed{e.id, uint8(dataType)}
		series, known := q.known[key]
		if !known {
			series = p.codes.names.id(typedName{p.codes.names.name(e.id).Name, key.dataType, q.target == tick.V1 || dataType > 0})
			q.known[key] = series
		}
		q.last, q.lastType, q.lastID = key.id, key.dataType, series
	}
	e.id = q.lastID
	return value, nil
}

// valueOf returns the value of a record, which is valid until the next call.
func (q *pointMaker) valueOf(e *entry) []byte {
	q.record = tick.AppendRecord(q.record[:0], e.record)
	return q.record
}
