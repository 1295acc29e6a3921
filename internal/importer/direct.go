package importer

import (
	"math"
	"slices"

	"microts/internal/tick"
)

// Most files have a column for each field of a tick, and most of their cells are plain:
// digits, the time of the same minute, the code of the row before. direct makes ticks of
// these without an expression, a cell or a text in between. What is not plain, a bad cell
// too, is left to plan.add; both make the same ticks.

// target is what a column becomes.
type target uint8

const (
	toNothing target = iota
	toCode
	toMarket
	toTime
	toDate // toDate and toClock together are the time
	toClock
	toSide
	toRecordSide // the number of a side
	toPrice
	toSeq
	toQty
	toChannel
	toOrderNo
	toTickNo
)

// mosts are the greatest numbers that the targets hold.
var mosts = [toTickNo + 1]uint64{
	toPrice: math.MaxInt32, toSeq: tick.MaxSeq, toQty: math.MaxUint32, toChannel: math.MaxUint8,
	toOrderNo: math.MaxUint64, toTickNo: math.MaxUint64, toRecordSide: uint64(tick.NoSide),
}

// directTargets are the targets of fields that are a column.
var directTargets = map[string]target{
	"code": toCode, "market": toMarket, "ts": toTime, "side": toSide, "price": toPrice, "seq": toSeq, "qty": toQty,
	"channel": toChannel, "order_no": toOrderNo, "tick_no": toTickNo,
}

// direct is how ticks are made of the columns of a file, if each field is one column.
type direct struct {
	targets  []target // of plan.row.fields
	shift    uint8    // of prices: they are multiplied by this power of ten
	fixed    bool     // all rows are of one instrument, whose code is no column
	market   bool     // a column tells the market
	dateTime bool     // date and time of day are two columns

	// Of the rows before:
	code, marketText []byte
	id               int32 // of code and marketText
	known            bool  // there was such a row
	date             []byte
	day              int64 // that date is
}

// direct returns how ticks are made of columns, or nil if some field is more than a column.
func (m *mapping) direct(p *plan, s *schema) *direct {
	if p.cumulative || p.points != nil || p.raw != nil || !p.price.made() {
		return nil
	}
	d := &direct{targets: make([]target, len(s.used))}
	set := func(n *node, to target) bool {
		if n.op != opColumn && n.op != opPosition {
			return false
		}
		column, err := s.column(n)
		if err != nil || column < 0 {
			return false
		}
		at := &d.targets[s.use(column)]
		if *at != toNothing {
			return false
		}
		*at = to
		return true
	}
	for field, src := range m.exprs {
		n, err := parseExpr(src)
		if err != nil {
			return nil
		}
		to := directTargets[field]
		switch {
		case field == "code" && n.op == opText:
			d.fixed = true
			continue
		case field == "ts" && n.op == opBinary && n.name == "+" && !isArithmetic(n):
			if !set(n.args[0], toDate) || !set(n.args[1], toClock) {
				return nil
			}
			d.dateTime = true
			continue
		case field == "side" && n.op == opCall && n.name == "recordside":
			n, to = n.args[0], toRecordSide
		case field == "price" && p.price.column >= 0 && n.op == opBinary:
			n, d.shift = n.args[0], p.price.shift
		case field == "market":
			d.market = true
		}
		if to == toNothing || !set(n, to) {
			return nil
		}
	}
	if d.fixed && d.market {
		return nil
	}
	return d
}

// instrument returns the instrument that a code and, if there is one, a market name.
func (d *direct) instrument(p *plan, code, market cell) (id int32, ok bool) {
	texts := code.kind == text && (market.kind == text || market.kind == missing)
	if texts && d.known && string(code.text) == string(d.code) && string(market.text) == string(d.marketText) {
		return d.id, true
	}
	id, err := p.codes.read(code, market)
	if err != nil {
		return 0, false
	}
	if texts {
		d.known, d.id = true, id
		d.code, d.marketText = append(d.code[:0], code.text...), append(d.marketText[:0], market.text...)
	}
	return id, true
}

// fixedID returns the instrument whose code is no column.
func (d *direct) fixedID(p *plan) (id int32, ok bool) {
	if !d.known {
		id, err := p.codes.read(p.code(&p.row), cell{})
		if err != nil {
			return 0, false
		}
		d.known, d.id = true, id
	}
	return d.id, true
}

// time returns the time of the texts of a date and a time of day.
func (d *direct) time(z *zoneClock, date, clock []byte) (us int64, ok bool) {
	if len(date) == 0 || string(date) != string(d.date) {
		c := field(date)
		if c.kind == missing {
			return 0, false
		}
		day, err := readDate(c)
		if err != nil {
			return 0, false
		}
		d.date, d.day = append(d.date[:0], date...), day
	}
	timeOfDay, rest, ok := parseClock(clock)
	if !ok || len(rest) > 0 {
		return 0, false
	}
	us, err := z.at(d.day, timeOfDay)
	return us, err == nil
}

// plainSides are the sides of texts of one character.
var plainSides = func() (s [256]struct {
	side tick.Side
	ok   bool
},
) {
	for c := range s {
		if c > ' ' {
			side, err := readSide(textCell([]byte{byte(c)}))
			s[c].side, s[c].ok = side, err == nil
		}
	}
	return s
}()

// setNumber sets a field to a number, which it has room for.
func (e *entry) setNumber(to target, n uint64) {
	switch to {
	case toPrice:
		e.record.Price = int32(n)
	case toSeq:
		e.seq = uint16(n)
	case toQty:
		e.record.Qty = uint32(n)
	case toChannel:
		e.record.Channel = uint8(n)
	case toOrderNo:
		e.record.OrderNo = n
	case toTickNo:
		e.record.TickNo = n
	case toRecordSide:
		e.record.Side = tick.Side(n)
	}
}

// addDirect makes ticks of the n rows that were read, column by column. first is the
// number of the first row.
func (q *parquetParser) addDirect(b *batch, first int64, n int) {
	from := len(b.ticks)
	b.ticks = slices.Grow(b.ticks, n)
	ticks := b.ticks[from : from+n]
	for i := range ticks {
		ticks[i] = entry{record: tick.Record{Side: tick.NoSide}}
	}
	q.others = slices.Grow(q.others[:0], n)[:n]
	clear(q.others)
	q.setInstruments(ticks)
	if q.plan.direct.dateTime {
		date, clock := q.column(toDate), q.column(toClock)
		for i := range ticks {
			q.setTime(i, &ticks[i])(q.plan.row.clock.combine(date.cell(i), clock.cell(i)))
		}
	}
	for c, to := range q.plan.direct.targets {
		r := &q.readers[c]
		switch {
		case to == toTime && r.kind == instant && len(r.null) == 0:
			for i, us := range r.ints {
				ticks[i].time = us
				q.others[i] = q.others[i] || uint64(us) >= tick.MaxTime
			}
		case to == toTime:
			for i := range ticks {
				q.setTime(i, &ticks[i])(q.plan.row.clock.read(r.cell(i)))
			}
		case to == toSide:
			q.setSides(ticks, r)
		case to == toPrice:
			q.setPrices(ticks, r)
		case to > toPrice, to == toRecordSide:
			q.setNumbers(ticks, r, to)
		}
	}
	q.keep(b, from, first, n)
}

// keep appends the rows that were made to b, and makes those that are not plain.
func (q *parquetParser) keep(b *batch, from int, first int64, n int) {
	ticks := b.ticks[from : from+n]
	for i, other := range q.others {
		if other {
			q.add(b, first, i) // at most in the place of this row
			continue
		}
		b.ticks = append(b.ticks, ticks[i])
		q.plan.note(b, first+int64(i))
	}
}

// column returns the column that becomes something, or nil if there is none.
func (q *parquetParser) column(to target) *columnReader {
	if c := slices.Index(q.plan.direct.targets, to); c >= 0 {
		return &q.readers[c]
	}
	return nil
}

func (q *parquetParser) setInstruments(ticks []entry) {
	d := q.plan.direct
	code, market := q.column(toCode), q.column(toMarket)
	for i := range ticks {
		ok := false
		switch {
		case d.fixed:
			ticks[i].id, ok = d.fixedID(q.plan)
		case market == nil:
			ticks[i].id, ok = d.instrument(q.plan, code.cell(i), cell{})
		default:
			ticks[i].id, ok = d.instrument(q.plan, code.cell(i), market.cell(i))
		}
		q.others[i] = q.others[i] || !ok
	}
}

// setTime returns a function that sets the time of row i.
func (q *parquetParser) setTime(i int, e *entry) func(us int64, err error) {
	return func(us int64, err error) {
		e.time = us
		q.others[i] = q.others[i] || err != nil
	}
}

func (q *parquetParser) setSides(ticks []entry, r *columnReader) {
	for i := range ticks {
		if r.kind == text {
			if t := r.texts[i]; len(t) == 1 && plainSides[t[0]].ok { // not of a null
				ticks[i].record.Side = plainSides[t[0]].side
				continue
			}
		}
		side, err := readSide(r.cell(i))
		ticks[i].record.Side = side
		q.others[i] = q.others[i] || err != nil
	}
}

func (q *parquetParser) setPrices(ticks []entry, r *columnReader) {
	shift := q.plan.direct.shift
	switch {
	case len(r.null) > 0:
	case r.kind == float && r.data.floats == nil:
		for i, v := range r.reals {
			price, ok := priceOf(v, shift)
			ticks[i].record.Price = price
			q.others[i] = q.others[i] || !ok
		}
		return
	case r.kind == decimal && r.sign && r.scale <= shift:
		by := powers[shift-r.scale]
		most := math.MaxInt32 / by
		for i, v := range r.ints {
			ticks[i].record.Price = int32(v * by)
			q.others[i] = q.others[i] || v > most || v < -most
		}
		return
	}
	for i := range q.others {
		q.others[i] = true
	}
}

func (q *parquetParser) setNumbers(ticks []entry, r *columnReader, to target) {
	most := mosts[to]
	if r.kind == decimal && r.scale == 0 && len(r.null) == 0 {
		for i, v := range r.ints {
			if uint64(v) > most || v < 0 && r.sign {
				q.others[i] = true
			}
			ticks[i].setNumber(to, uint64(v))
		}
		return
	}
	for i := range ticks {
		n, ok := wholeNumber(r.cell(i), most)
		ticks[i].setNumber(to, n)
		q.others[i] = q.others[i] || !ok || to == toRecordSide // of which a missing one is not 0
	}
}
