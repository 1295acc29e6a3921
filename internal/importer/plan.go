package importer

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"microts/internal/tick"
)

// mapping says how the ticks of a file are made: an expression for each field, "" for
// those that are not made.
type mapping struct {
	preset     *Preset
	exprs      map[string]string
	zone       *time.Location
	market     byte // of codes that do not tell theirs
	cumulative bool
	target     tick.Format
}

// mapping finds the mapping of a file.
func (s *settings) mapping(sch *schema, fileMarket byte) (*mapping, error) {
	p := s.preset
	if p == nil {
		p = recognize(sch)
	}
	m := &mapping{preset: p, exprs: map[string]string{}, zone: s.location(p), market: s.market, cumulative: p.Cumulative, target: s.target}
	if s.Cumulative != nil {
		m.cumulative = *s.Cumulative
	}
	if m.market == 0 {
		m.market = fileMarket
	}
	for _, field := range Fields {
		src := s.Map[field]
		switch {
		case src != "":
		case field == "code" && s.Code != "":
			src = quoteText(s.Code)
		case field == "code" && s.CodeColumn != "":
			src = quoteColumn(s.CodeColumn)
		case field == "seq" && s.Seq == "auto":
		case field == "seq" && s.Seq != "":
			src = quoteColumn(s.Seq)
		default:
			src = sch.choose(p.Map[field])
		}
		if field == "raw" && src == "raw" && (p.Name == "microts" || p.Name == symbolPreset) && sch.format != formatParquet {
			src = "base64(raw)" // a text file holds no bytes
		}
		if src != "" {
			m.exprs[field] = src
		}
	}
	// A market beside a code that was given otherwise belongs to another one.
	if s.Map["market"] == "" && (s.Code != "" || s.Map["code"] != "") {
		delete(m.exprs, "market")
	}
	for _, field := range []string{"code", "ts", "price"} {
		if m.exprs[field] != "" || field == "price" && m.exprs["raw"] != "" {
			continue
		}
		return nil, missingField(field, sch, p)
	}
	return m, nil
}

// missingField says that a field is made of no column.
func missingField(field string, sch *schema, p *Preset) error {
	advice := map[string]string{
		"code":  "give --code 600519.SH, --code-column NAME or --map code=EXPR",
		"ts":    `give --map ts=EXPR, such as ts="date+time"`,
		"price": `give --map price=EXPR in 1/10000 of the currency, such as price="last*10000"`,
	}[field]
	return fmt.Errorf("the columns %s do not tell the %s (preset %q): %s", strings.Join(quoteAll(sch.columns), ", "), field, p.Name, advice)
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return quoted
}

func quoteText(t string) string { return "'" + strings.ReplaceAll(t, "'", "''") + "'" }

func quoteColumn(c string) string {
	if strings.HasPrefix(c, "$") {
		return c
	}
	return "`" + strings.ReplaceAll(c, "`", "``") + "`"
}

// plan makes ticks of the rows of a file. It is for one goroutine.
type plan struct {
	row        row
	codes      codeReader
	cumulative bool
	direct     *direct // nil: each row needs add
	exported   bool    // microts wrote the file: without price and raw value, the value has 0 bytes

	code, market, ts, side, raw, day          eval // nil: not made
	seq, price, qty, channel, orderNo, tickNo numeric

	points *pointMaker // nil: all rows are ticks

	lastSide []byte // the text of the side of the row before
	sideOf   tick.Side
}

// wants says what the expression of a field is to be.
var wants = map[string]want{
	"code": wantText, "market": wantText, "ts": wantTime, "side": wantAny, "raw": wantText, "day": wantAny,
	"seq": wantNumber, "price": wantNumber, "qty": wantNumber, "channel": wantNumber, "order_no": wantNumber, "tick_no": wantNumber,
}

// plan compiles a mapping. It makes sch.used.
func (m *mapping) plan(sch *schema, n *names) (p *plan, err error) {
	p = &plan{codes: codeReader{names: n, market: m.market}, cumulative: m.cumulative, exported: m.preset.Name == "microts" || m.preset.Name == "sealed"}
	p.row.clock = &zoneClock{zone: m.zone}
	for field, to := range map[string]*numeric{
		"seq": &p.seq, "price": &p.price, "qty": &p.qty, "channel": &p.channel, "order_no": &p.orderNo, "tick_no": &p.tickNo,
	} {
		if src := m.exprs[field]; src != "" {
			n, err := sch.numeric(field, src)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", field, err)
			}
			*to = n
		}
	}
	for field, to := range map[string]*eval{
		"code": &p.code, "market": &p.market, "ts": &p.ts, "side": &p.side, "raw": &p.raw, "day": &p.day,
	} {
		src := m.exprs[field]
		if src == "" {
			continue
		}
		e, err := sch.compile(src, wants[field])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		*to = e
	}
	if p.points, err = m.pointMaker(sch); err != nil {
		return nil, err
	}
	p.row.fields = make([]cell, len(sch.used))
	p.direct = m.direct(p, sch)
	return p, nil
}

// A fieldError says what is wrong with a field of a row.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.field + ": " + e.err.Error() }
func (e *fieldError) Unwrap() error { return e.err }

// eval computes a field.
func (p *plan) eval(field string, e eval) (cell, error) {
	c := e(&p.row)
	if p.row.err != nil {
		return c, &fieldError{field, p.row.err}
	}
	return c, nil
}

// add makes a tick of the row in p.row, whose buf the caller emptied before it set the
// fields, and appends it to b.
func (p *plan) add(b *batch, line int64) error {
	r := &p.row
	r.err = nil
	c, err := p.eval("code", p.code)
	if err != nil {
		return err
	}
	var market cell
	if p.market != nil {
		if market, err = p.eval("market", p.market); err != nil {
			return err
		}
	}
	id, err := p.codes.read(c, market)
	if err != nil {
		return &fieldError{"code", err}
	}
	if c, err = p.eval("ts", p.ts); err != nil {
		return err
	}
	us, err := r.clock.read(c)
	if err != nil {
		return &fieldError{"ts", err}
	}
	seq := uint64(0)
	if p.seq.made() {
		if seq, err = p.whole(&p.seq, tick.MaxSeq); err != nil {
			return err
		}
	}
	raw, isRaw := cell{}, false
	if p.raw != nil {
		if raw, err = p.eval("raw", p.raw); err != nil {
			return err
		}
		isRaw = raw.kind != missing
		if !isRaw && p.exported {
			if p.price.made() {
				if c, err = p.eval("price", p.price.eval); err != nil {
					return err
				}
			}
			isRaw = !p.price.made() || c.kind == missing // a value of 0 bytes
		}
	}
	e := entry{time: us, id: id, seq: uint16(seq), raw: isRaw}
	var total int64 = noTotal
	if isRaw {
		if len(raw.text) > tick.MaxValue {
			return &fieldError{"raw", fmt.Errorf("at most %d bytes expected, got %d", tick.MaxValue, len(raw.text))}
		}
	} else if e.record, total, err = p.record(); err != nil {
		return err
	}
	value := r.textOf(raw)
	if p.points != nil {
		if !isRaw {
			value = p.points.valueOf(&e)
		}
		if value, err = p.makePoint(&e, value); err != nil {
			return err
		}
		if e.raw && !isRaw {
			total = noTotal
		}
	}
	if p.cumulative {
		today := r.clock.dayOf(us)
		if p.day != nil {
			d, err := p.eval("day", p.day)
			if err != nil {
				return err
			}
			today = dayKey(d)
		}
		b.totals, b.days = append(b.totals, total), append(b.days, today)
	}
	if e.raw {
		b.setValue(&e, value)
	}
	b.ticks = append(b.ticks, e)
	p.note(b, line)
	return nil
}

// note notes the line of the tick that was appended to b, if it may turn out to be bad.
func (p *plan) note(b *batch, line int64) {
	if b.auto = !p.seq.made(); b.auto || p.cumulative {
		b.lines = append(b.lines, line)
	}
}

// noTotal stands for the cumulative quantity of a tick that is no record.
const noTotal = -1

// dayKey returns a number that differs from day to day.
func dayKey(c cell) int64 {
	if n, ok := c.number(); ok {
		if i, whole := n.whole(); whole {
			return i
		}
	}
	h := int64(14695981039346656037 >> 1)
	for _, b := range c.appendText(nil) {
		h = (h ^ int64(b)) * 1099511628211
	}
	return h
}

// record makes the record of the row. total is its quantity, if that is cumulative.
func (p *plan) record() (t tick.Record, total int64, err error) {
	if t.Price, err = p.readPrice(); err != nil {
		return t, 0, err
	}
	t.Side = tick.NoSide
	if p.qty.made() {
		most := uint64(math.MaxUint32)
		if p.cumulative {
			most = math.MaxInt64
		}
		q, err := p.whole(&p.qty, most)
		if err != nil {
			return t, 0, err
		}
		if total = int64(q); !p.cumulative {
			t.Qty = uint32(q)
		}
	}
	if p.side != nil {
		if t.Side, err = p.readSide(); err != nil {
			return t, 0, err
		}
	}
	if p.channel.made() {
		channel, err := p.whole(&p.channel, math.MaxUint8)
		if err != nil {
			return t, 0, err
		}
		t.Channel = uint8(channel)
	}
	if p.orderNo.made() {
		if t.OrderNo, err = p.whole(&p.orderNo, math.MaxUint64); err != nil {
			return t, 0, err
		}
	}
	if p.tickNo.made() {
		t.TickNo, err = p.whole(&p.tickNo, math.MaxUint64)
	}
	return t, total, err
}

var errNoPrice = errors.New("a price expected, got no column of prices")

// readPrice computes the price.
func (p *plan) readPrice() (int32, error) {
	if !p.price.made() {
		return 0, &fieldError{"price", errNoPrice}
	}
	if p.price.column >= 0 {
		switch f := &p.row.fields[p.price.column]; f.kind {
		case text:
			if price, ok := shifted(f.text, int(p.price.shift)); ok && price <= math.MaxInt32 {
				return int32(price), nil
			}
		case float:
			if price, ok := priceOf(f.float(), p.price.shift); ok {
				return price, nil
			}
		}
	}
	c, err := p.eval("price", p.price.eval)
	if err != nil {
		return 0, err
	}
	n, ok := c.number()
	price, isWhole := n.whole()
	switch {
	case !ok, n.kind == missing:
		return 0, &fieldError{"price", fmt.Errorf("a number expected, got %s", c.show())}
	case !isWhole && math.Abs(n.float()) <= math.MaxInt32:
		return 0, &fieldError{"price", fmt.Errorf("a whole number of 1/10000 of the currency expected, got %s; round(...) in --map rounds", c.show())}
	case !isWhole || price < math.MinInt32 || price > math.MaxInt32:
		return 0, &fieldError{"price", fmt.Errorf("-2147483648 to 2147483647 in 1/10000 of the currency expected, got %s", c.show())}
	}
	return int32(price), nil
}

// priceOf returns a price of a file, multiplied by a power of ten; ok is false if the
// result is not whole or does not fit.
func priceOf(v float64, shift uint8) (price int32, ok bool) {
	v *= float64(powers[shift])
	r := math.Round(v)
	return int32(r), math.Abs(v-r) <= almost && math.Abs(r) <= math.MaxInt32
}

// readSide computes the side. Most rows have the side of the row before.
func (p *plan) readSide() (tick.Side, error) {
	c, err := p.eval("side", p.side)
	if err != nil {
		return 0, err
	}
	if c.kind == text && len(p.lastSide) > 0 && string(c.text) == string(p.lastSide) {
		return p.sideOf, nil
	}
	side, err := readSide(c)
	if err != nil {
		return 0, &fieldError{"side", err}
	}
	if c.kind == text {
		p.lastSide, p.sideOf = append(p.lastSide[:0], c.text...), side
	}
	return side, nil
}

// whole computes a field that is a whole number from 0 to most. Missing is 0.
func (p *plan) whole(n *numeric, most uint64) (uint64, error) {
	if n.column >= 0 && n.shift == 0 {
		switch f := &p.row.fields[n.column]; f.kind {
		case text:
			if v, ok := shifted(f.text, 0); ok && v <= most {
				return v, nil
			}
		case decimal:
			if f.scale == 0 && f.i >= 0 && uint64(f.i) <= most {
				return uint64(f.i), nil
			}
		}
	}
	c, err := p.eval(n.field, n.eval)
	if err != nil {
		return 0, err
	}
	if v, ok := wholeNumber(c, most); ok {
		return v, nil
	}
	return 0, &fieldError{n.field, fmt.Errorf("a whole number from 0 to %d expected, got %s", most, c.show())}
}

// wholeNumber returns the whole number from 0 to most that a cell is. Missing is 0.
func wholeNumber(c cell, most uint64) (n uint64, ok bool) {
	v, ok := c.number()
	switch v.kind {
	case missing:
		return 0, ok
	case unsigned:
		return uint64(v.i), uint64(v.i) <= most
	}
	i, isWhole := v.whole()
	return uint64(i), isWhole && i >= 0 && uint64(i) <= most
}

// sides are how vendors write the sides, in lower case.
var sides = map[string]tick.Side{
	"b": tick.Buy, "buy": tick.Buy, "bid": tick.Buy, "买": tick.Buy, "买盘": tick.Buy, "买入": tick.Buy, "主买": tick.Buy, "外盘": tick.Buy, "1": tick.Buy, "66": tick.Buy, "多": tick.Buy,
	"s": tick.Sell, "sell": tick.Sell, "ask": tick.Sell, "卖": tick.Sell, "卖盘": tick.Sell, "卖出": tick.Sell, "主卖": tick.Sell, "内盘": tick.Sell, "-1": tick.Sell, "2": tick.Sell, "83": tick.Sell, "空": tick.Sell,
	"n": tick.NoSide, "none": tick.NoSide, "unknown": tick.NoSide, "中性": tick.NoSide, "中性盘": tick.NoSide, "0": tick.NoSide, "78": tick.NoSide, "--": tick.NoSide, "未知": tick.NoSide, "m": tick.NoSide, "neutral": tick.NoSide,
}

// readSide returns the side that a cell is. Missing is no side.
func readSide(c cell) (tick.Side, error) {
	if c.kind == missing {
		return tick.NoSide, nil
	}
	var buf [24]byte
	b := c.appendText(buf[:0])
	if len(b) == 1 {
		switch b[0] {
		case 'B':
			return tick.Buy, nil
		case 'S':
			return tick.Sell, nil
		case 'N':
			return tick.NoSide, nil
		}
	}
	if side, ok := sides[string(b)]; ok {
		return side, nil
	}
	if side, ok := sides[strings.ToLower(string(b))]; ok {
		return side, nil
	}
	return 0, fmt.Errorf("one of B, S and N, buy and sell, 1, -1 and 0 expected, got %s", c.show())
}
