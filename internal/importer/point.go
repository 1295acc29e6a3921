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

// makePoint makes a point of the value that begins at a place in b, which is of the instrument
// with a number. It returns the number of the series. ok is false if the row is a tick.
func (p *plan) makePoint(b *batch, begin int, id int32, seq *uint64) (series int32, ok bool, err error) {
	q := p.points
	dataType := uint64(0)
	if q.dataType.made() {
		if dataType, err = p.whole(&q.dataType, 255); err != nil {
			return id, false, err
		}
	}
	if dataType == 0 && q.source == tick.V2 && q.target == tick.V2 {
		return id, false, nil
	}
	q.point.Seq = uint16(*seq) // that of format V1 is in the value
	if err := tick.DecodePoint(b.values[begin:], &q.point, q.source); err != nil {
		return id, false, &fieldError{"raw", fmt.Errorf("a point expected: %w", err)}
	}
	switch {
	case q.source == q.target:
	case q.target == tick.V1 && q.point.Seq > 0:
		return id, false, &fieldError{"seq", errOneSeq}
	default:
		b.values = tick.AppendPoint(b.values[:begin], &q.point, q.target)
	}
	if *seq = uint64(q.point.Seq); q.target == tick.V1 {
		*seq = 0
	}
	b.variable()
	if id == q.last && uint8(dataType) == q.lastType {
		return q.lastID, true, nil
	}
	key := typed{id, uint8(dataType)}
	series, known := q.known[key]
	if !known {
		series = p.codes.names.id(typedName{p.codes.names.name(id).Name, key.dataType, q.target == tick.V1 || dataType > 0})
		q.known[key] = series
	}
	q.last, q.lastType, q.lastID = id, key.dataType, series
	return series, true, nil
}
