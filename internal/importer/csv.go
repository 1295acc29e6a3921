package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"microts/internal/tick"
)

const (
	blockSize = 1 << 20  // bytes of text that a worker gets at once
	maxRecord = 16 << 20 // bytes of a row
)

// block is whole rows of a text.
type block struct {
	data []byte
	line int64 // of its first row, from 1
}

// cutter cuts a text into blocks of whole rows.
type cutter struct {
	r      io.Reader
	line   int64 // of what comes next
	quotes bool  // a line end between quotes ends no row
	delim  byte
	rest   []byte
	end    bool
}

// next returns the next block, or io.EOF. buf becomes its data.
func (c *cutter) next(buf []byte) (block, error) {
	if cap(buf) < blockSize {
		buf = make([]byte, 0, blockSize)
	}
	buf = append(buf[:0], c.rest...)
	c.rest = c.rest[:0]
	for {
		for !c.end && len(buf) < cap(buf) {
			n, err := c.r.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
			if err == io.EOF {
				c.end = true
			} else if err != nil {
				return block{}, err
			}
		}
		if c.end {
			if len(buf) == 0 {
				return block{}, io.EOF
			}
			if c.quotes {
				if _, open := lastRow(buf, c.delim); open >= 0 {
					return block{}, c.openQuote(buf, open)
				}
			}
			return c.cut(buf, len(buf)), nil
		}
		at, open := bytes.LastIndexByte(buf, '\n')+1, -1
		if c.quotes {
			at, open = lastRow(buf, c.delim)
		}
		if at > 0 {
			return c.cut(buf, at), nil
		}
		if len(buf) >= maxRecord {
			if open >= 0 {
				return block{}, c.openQuote(buf, open)
			}
			return block{}, fmt.Errorf("%d: a row of at most %d bytes expected", c.line, maxRecord)
		}
		buf = slices.Grow(buf, cap(buf))
	}
}

func (c *cutter) cut(buf []byte, at int) block {
	c.rest = append(c.rest, buf[at:]...)
	b := block{buf[:at], c.line}
	c.line += int64(bytes.Count(b.data, []byte{'\n'}))
	return b
}

func (c *cutter) openQuote(buf []byte, open int) error {
	line := c.line + int64(bytes.Count(buf[:open], []byte{'\n'}))
	return fmt.Errorf("%d: a quote begins a field here and has no end", line)
}

// lastRow returns where the last whole row of a CSV text ends, 0 if there is none, and
// where a quote begins that has no end, or -1.
func lastRow(t []byte, delim byte) (end, open int) {
	at := 0
	for {
		quote := bytes.IndexByte(t[at:], '"')
		if quote < 0 {
			if i := bytes.LastIndexByte(t[at:], '\n'); i >= 0 {
				end = at + i + 1
			}
			return end, -1
		}
		if i := bytes.LastIndexByte(t[at:at+quote], '\n'); i >= 0 {
			end = at + i + 1
		}
		quote += at
		at = quote + 1
		if quote > 0 && t[quote-1] != '\n' && t[quote-1] != delim {
			continue // it is a character of the field
		}
		for {
			i := bytes.IndexByte(t[at:], '"')
			if i < 0 {
				return end, quote
			}
			at += i + 1
			if at == len(t) || t[at] != '"' {
				break
			}
			at++
		}
	}
}

// csvFormat says how a CSV file is written.
type csvFormat struct {
	delim  byte
	gbk    bool
	header []string // nil: the file has none
	first  int      // bytes of the header
	width  int      // fields of the first row
}

// delimiters are those that are found.
var delimiters = []byte{',', '\t', ';', '|'}

// sniffCSV finds out how a CSV file is written from its beginning.
func sniffCSV(head []byte, whole bool, gbk bool, delim byte, header string) (f csvFormat, err error) {
	f = csvFormat{gbk: gbk}
	if len(bytes.TrimSpace(head)) == 0 {
		if !whole {
			return f, errors.New("a table expected, got only white space")
		}
		return f, nil
	}
	if f.delim = delim; delim == 0 {
		f.delim = findDelimiter(head)
	}
	var d decoder
	fields := func(t []byte) ([]string, int) {
		end := rowEnd(t, f.delim)
		var names []string
		for _, field := range splitRow(trimRow(t[:end]), f.delim) {
			if gbk && !ascii(field) {
				field, _ = d.appendText(nil, field)
			}
			names = append(names, string(bytes.TrimSpace(field)))
		}
		return names, end
	}
	start := 0 // empty lines before the first row are passed over
	for start < len(head) && (head[start] == '\n' || head[start] == '\r') {
		start++
	}
	names, end := fields(head[start:])
	if !whole && start+end >= len(head) {
		return f, fmt.Errorf("a first line of at most %d bytes expected", len(head))
	}
	f.width = len(names)
	if header == "yes" || header == "" && !slices.ContainsFunc(names, isValue) {
		f.header, f.first = names, start+end
		return f, checkHeader(names)
	}
	return f, nil
}

// isValue says whether a field is a value and no name: a number, or a date.
func isValue(t string) bool {
	if _, ok := parseNumber([]byte(t)); ok {
		return true
	}
	return len(t) > 4 && t[0]-'0' <= 9 && t[1]-'0' <= 9 && strings.ContainsAny(t, ":-/")
}

func checkHeader(names []string) error {
	for i, n := range names {
		if n != "" && slices.Contains(names[:i], n) {
			return fmt.Errorf("1: names of columns expected, got %q twice", n)
		}
	}
	return nil
}

// findDelimiter returns the delimiter with which the first rows have the same number of
// fields, more than one, most often.
func findDelimiter(head []byte) byte {
	best, bestScore := byte(','), 0
	for _, delim := range delimiters {
		rest, width, same := head, 0, 0
		for range 20 {
			if len(rest) == 0 {
				break
			}
			end := rowEnd(rest, delim)
			if n := len(splitRow(trimRow(rest[:end]), delim)); width == 0 {
				width = n
			} else if n == width {
				same++
			}
			rest = rest[end:]
		}
		if score := (width - 1) * (same + 1); score > bestScore {
			best, bestScore = delim, score
		}
	}
	return best
}

// rowEnd returns where the first row of a CSV text ends, the line end included.
func rowEnd(t []byte, delim byte) int {
	line, at := -1, 0 // where the next line end is, and what is looked at
	for {
		if line < at {
			i := bytes.IndexByte(t[at:], '\n')
			if i < 0 {
				i = len(t) - at
			}
			line = at + i
		}
		quote := bytes.IndexByte(t[at:line], '"')
		if quote < 0 {
			return min(line+1, len(t))
		}
		quote += at
		at = quote + 1
		if quote > 0 && t[quote-1] != delim {
			continue // it is a character of the field
		}
		for {
			i := bytes.IndexByte(t[at:], '"')
			if i < 0 {
				return len(t)
			}
			at += i + 1
			if at == len(t) || t[at] != '"' {
				break
			}
			at++
		}
	}
}

// trimRow removes the line end.
func trimRow(t []byte) []byte {
	if n := len(t); n > 0 && t[n-1] == '\n' {
		t = t[:n-1]
	}
	if n := len(t); n > 0 && t[n-1] == '\r' {
		t = t[:n-1]
	}
	return t
}

// splitRow returns the fields of a row without their quotes. It is for rows that are few.
func splitRow(t []byte, delim byte) (fields [][]byte) {
	var buf []byte
	for {
		field, rest, more, err := nextField(t, delim, &buf)
		if err != nil {
			field, rest, more = t, nil, false
		}
		fields = append(fields, bytes.Clone(field))
		if !more {
			return fields
		}
		t = rest
	}
}

// nextField returns the first field of a row and what follows; more says whether there is
// another. A field with quotes in it is made in buf.
func nextField(t []byte, delim byte, buf *[]byte) (field, rest []byte, more bool, err error) {
	if len(t) == 0 || t[0] != '"' {
		if i := bytes.IndexByte(t, delim); i >= 0 {
			return t[:i], t[i+1:], true, nil
		}
		return t, nil, false, nil
	}
	at, from := 1, 1
	made := len(*buf)
	doubled := false
	for {
		i := bytes.IndexByte(t[at:], '"')
		if i < 0 {
			return nil, nil, false, errors.New("a quote expected, got the end of the row")
		}
		at += i + 1
		if at == len(t) || t[at] != '"' {
			break
		}
		doubled = true
		*buf = append(*buf, t[from:at]...)
		at++
		from = at
	}
	field = t[from : at-1]
	if doubled {
		*buf = append(*buf, field...)
		field = (*buf)[made:]
	}
	switch {
	case at == len(t):
		return field, nil, false, nil
	case t[at] == delim:
		return field, t[at+1:], true, nil
	}
	return nil, nil, false, fmt.Errorf("%q expected behind a quote, got %q", string(rune(delim)), firstRune(t[at:]))
}

func firstRune(t []byte) string {
	_, n := utf8.DecodeRune(t)
	return string(t[:n])
}

// csvParser makes ticks of the rows of CSV blocks. It is for one goroutine.
type csvParser struct {
	plan   *plan
	delim  byte
	gbk    bool
	width  int      // columns
	places []int    // of each column in plan.row.fields, or -1; up to the last that is used
	direct []target // of each column, as places; nil: plan has no direct
	decode decoder
	texts  map[string][]byte // that were decoded before
}

// maxTexts is how many decoded texts are kept: columns in use have few that are not ASCII.
const maxTexts = 4096

func newCSVParser(p *plan, s *schema, f csvFormat) *csvParser {
	c := &csvParser{plan: p, delim: f.delim, gbk: f.gbk, width: len(s.columns)}
	for i, column := range s.used {
		for len(c.places) <= column {
			c.places = append(c.places, -1)
		}
		c.places[column] = i
	}
	if p.direct != nil {
		for _, place := range c.places {
			to := toNothing
			if place >= 0 {
				to = p.direct.targets[place]
			}
			c.direct = append(c.direct, to)
		}
	}
	return c
}

// parse appends the ticks of a block to b.
func (c *csvParser) parse(in block, b *batch) {
	data := in.data
	if c.gbk && c.delim >= 0x40 && !ascii(data) { // it may be the second byte of a character
		if data, _ = c.decode.appendText(nil, data); len(data) > 0 {
			c.gbk = false
			defer func() { c.gbk = true }()
		}
	}
	quotes := bytes.IndexByte(data, '"') >= 0
	plain := ascii(data)
	for line := in.line; len(data) > 0; {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		lines, quoted := int64(1), false
		if quotes && bytes.IndexByte(data[:end], '"') >= 0 {
			end = rowEnd(data, c.delim)
			lines, quoted = int64(bytes.Count(data[:end], []byte{'\n'})), true
		}
		record := trimRow(data[:end])
		data = data[end:]
		if len(record) > 0 {
			b.rows++
			if c.direct != nil && !quoted && c.quick(record, plain, b, line) {
				// The tick is made.
			} else if err := c.row(record, plain, b, line); err != nil {
				b.bad = append(b.bad, BadRow{Line: line, Reason: err.Error(), Row: c.show(record)})
			}
		}
		line += lines
	}
}

// show returns a row for the file of bad rows.
func (c *csvParser) show(record []byte) string {
	if c.gbk && !ascii(record) {
		record, _ = c.decode.appendText(nil, record)
	}
	return string(record)
}

// quick makes a tick of a row that has no quotes. It returns false, and leaves b as it is,
// unless the row is plain.
func (c *csvParser) quick(record []byte, plain bool, b *batch, line int64) bool {
	d := c.plan.direct
	e := entry{record: tick.Record{Side: tick.NoSide}}
	var code, market, date, clock []byte
	at := 0
	for column, to := range c.direct {
		if column > 0 {
			if at == len(record) {
				return false
			}
			at++ // the delimiter
		}
		if to >= toPrice {
			shift := 0
			if to == toPrice {
				shift = int(d.shift)
			}
			n, end, ok := shiftedField(record, at, shift)
			if !ok || end < len(record) && record[end] != c.delim || n > mosts[to] {
				return false
			}
			e.setNumber(to, n)
			at = end
			continue
		}
		from := at
		if i := bytes.IndexByte(record[at:], c.delim); i >= 0 {
			at += i
		} else {
			at = len(record)
		}
		f := record[from:at]
		if to == toNothing {
			continue
		}
		if !plain && !ascii(f) {
			var err error
			if f, err = c.text(f); err != nil {
				return false
			}
		}
		switch to {
		case toCode:
			code = f
		case toMarket:
			market = f
		case toDate:
			date = f
		case toClock:
			clock = f
		case toTime:
			if field(f).kind == missing || f[0] <= ' ' || f[len(f)-1] <= ' ' {
				return false
			}
			var err error
			if e.time, err = c.plan.row.clock.parse(f); err != nil {
				return false
			}
		case toSide:
			if len(f) != 1 || !plainSides[f[0]].ok {
				return false
			}
			e.record.Side = plainSides[f[0]].side
		default: // toRecordSide
			if len(f) != 1 || f[0]-'0' > byte(tick.NoSide) {
				return false
			}
			e.record.Side = tick.Side(f[0] - '0')
		}
	}
	if n := len(c.places) + bytes.Count(record[at:], []byte{c.delim}); n != c.width && (n != c.width+1 || record[len(record)-1] != c.delim) {
		return false
	}
	ok := true
	if d.dateTime {
		if e.time, ok = d.time(c.plan.row.clock, date, clock); !ok {
			return false
		}
	}
	if d.fixed {
		e.id, ok = d.fixedID(c.plan)
	} else {
		e.id, ok = d.instrument(c.plan, field(code), field(market))
	}
	if !ok {
		return false
	}
	b.ticks = append(b.ticks, e)
	c.plan.note(b, line)
	return true
}

// row makes a tick of a row.
func (c *csvParser) row(record []byte, plain bool, b *batch, line int64) error {
	r := &c.plan.row
	r.buf = r.buf[:0]
	rest, more := record, true
	for column, place := range c.places {
		if !more {
			return fmt.Errorf("%d fields expected, got %d", c.width, column)
		}
		var f []byte
		if len(rest) > 0 && rest[0] == '"' {
			var err error
			if f, rest, more, err = nextField(rest, c.delim, &r.buf); err != nil {
				return fmt.Errorf("column %d: %w", column+1, err)
			}
		} else if i := bytes.IndexByte(rest, c.delim); i >= 0 {
			f, rest = rest[:i], rest[i+1:]
		} else {
			f, rest, more = rest, nil, false
		}
		if place < 0 {
			continue
		}
		if !plain && !ascii(f) {
			var err error
			if f, err = c.text(f); err != nil {
				return fmt.Errorf("column %d: %w", column+1, err)
			}
		}
		r.fields[place] = field(f)
	}
	if n := len(c.places) + c.count(rest, more); n != c.width && (n != c.width+1 || record[len(record)-1] != c.delim) {
		return fmt.Errorf("%d fields expected, got %d", c.width, n)
	}
	return c.plan.add(b, line)
}

// count returns how many fields follow.
func (c *csvParser) count(rest []byte, more bool) int {
	if !more {
		return 0
	}
	if bytes.IndexByte(rest, '"') < 0 {
		return 1 + bytes.Count(rest, []byte{c.delim})
	}
	return len(splitRow(rest, c.delim))
}

// text returns a field that is not ASCII as UTF-8.
func (c *csvParser) text(f []byte) ([]byte, error) {
	if !c.gbk {
		if !utf8.Valid(f) {
			return nil, fmt.Errorf("UTF-8 expected, got %s; --encoding gbk reads GBK", strconv.Quote(string(f)))
		}
		return f, nil
	}
	if t, ok := c.texts[string(f)]; ok {
		return t, nil
	}
	t, ok := c.decode.appendText(nil, f)
	if !ok {
		return nil, fmt.Errorf("GB18030 expected, got %s", strconv.Quote(string(f)))
	}
	if len(c.texts) >= maxTexts || c.texts == nil {
		c.texts = map[string][]byte{}
	}
	c.texts[string(f)] = t
	return t, nil
}
