package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// jsonParser makes ticks of JSON lines: an object on each line, whose keys are the
// columns. It is for one goroutine.
type jsonParser struct {
	plan   *plan
	places map[string]int // of keys in plan.row.fields
	gbk    bool
	decode decoder
}

func newJSONParser(p *plan, s *schema, gbk bool) *jsonParser {
	j := &jsonParser{plan: p, places: map[string]int{}, gbk: gbk}
	for i, column := range s.used {
		j.places[s.columns[column]] = i
	}
	return j
}

// sniffJSON returns the keys of the first lines.
func sniffJSON(head []byte, whole bool) (keys []string, err error) {
	for line := 1; len(head) > 0 && line <= 100; line++ {
		end := bytes.IndexByte(head, '\n') + 1
		if end == 0 {
			if !whole && line > 1 {
				break
			}
			end = len(head)
		}
		row := bytes.TrimSpace(head[:end])
		head = head[end:]
		if len(row) == 0 {
			continue
		}
		var buf []byte
		err := eachField(row, &buf, func(key []byte, _ cell) {
			if !slices.Contains(keys, string(key)) {
				keys = append(keys, string(key))
			}
		})
		if err != nil && len(keys) == 0 {
			return nil, fmt.Errorf("%d: %w", line, err)
		}
	}
	return keys, nil
}

// parse appends the ticks of a block to b.
func (j *jsonParser) parse(in block, b *batch) {
	data := in.data
	for line := in.line; len(data) > 0; line++ {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		row := bytes.TrimSpace(data[:end])
		data = data[end:]
		if len(row) == 0 {
			continue
		}
		b.rows++
		if err := j.row(row, b, line); err != nil {
			b.bad = append(b.bad, BadRow{Line: line, Reason: err.Error(), Row: string(row)})
		}
	}
}

func (j *jsonParser) row(t []byte, b *batch, line int64) error {
	r := &j.plan.row
	r.buf = r.buf[:0]
	clear(r.fields)
	if j.gbk && !ascii(t) {
		var ok bool
		if t, ok = j.decode.appendText(nil, t); !ok {
			return errors.New("GB18030 expected")
		}
	}
	err := eachField(t, &r.buf, func(key []byte, value cell) {
		if place, ok := j.places[string(key)]; ok {
			r.fields[place] = value
		}
	})
	if err != nil {
		return err
	}
	return j.plan.add(b, line)
}

// eachField calls use with each field of a JSON object. Texts with escapes are made in
// buf.
func eachField(t []byte, buf *[]byte, use func(key []byte, value cell)) error {
	bad := func(want string, at int) error {
		if at >= len(t) {
			return fmt.Errorf("%s expected, got the end of the line", want)
		}
		return fmt.Errorf("%s expected at %d, got %q", want, at+1, firstRune(t[at:]))
	}
	skip := func(at int) int {
		for at < len(t) && (t[at] == ' ' || t[at] == '\t' || t[at] == '\r') {
			at++
		}
		return at
	}
	at := skip(0)
	if at >= len(t) || t[at] != '{' {
		return bad(`"{"`, at)
	}
	at = skip(at + 1)
	if at < len(t) && t[at] == '}' {
		return nil
	}
	for {
		key, next, err := jsonString(t, at, buf)
		if err != nil {
			return bad("a name in quotes", at)
		}
		if at = skip(next); at >= len(t) || t[at] != ':' {
			return bad(`":"`, at)
		}
		at = skip(at + 1)
		if at >= len(t) {
			return bad("a value", at)
		}
		var value cell
		switch c := t[at]; {
		case c == '"':
			text, next, err := jsonString(t, at, buf)
			if err != nil {
				return bad("a text with an end", at)
			}
			value, at = field(text), next
		case c == '{' || c == '[':
			next, ok := jsonNested(t, at)
			if !ok {
				return bad("a value with an end", at)
			}
			value, at = textCell(t[at:next]), next
		default:
			next := at
			for next < len(t) && t[next] != ',' && t[next] != '}' && t[next] > ' ' {
				next++
			}
			word := t[at:next]
			switch string(word) {
			case "true", "false":
				value = boolCell(word[0] == 't')
			case "null", "NaN":
			default:
				if _, ok := parseNumber(word); !ok {
					return bad("a value", at)
				}
				value = textCell(word)
			}
			at = next
		}
		use(key, value)
		if at = skip(at); at < len(t) && t[at] == '}' {
			if at = skip(at + 1); at < len(t) {
				return bad("the end of the line", at)
			}
			return nil
		}
		if at >= len(t) || t[at] != ',' {
			return bad(`"," or "}"`, at)
		}
		at = skip(at + 1)
	}
}

var errNoString = errors.New("no JSON string")

// jsonString returns the text that begins with a quote at a place, and where it ends.
func jsonString(t []byte, at int, buf *[]byte) (text []byte, end int, err error) {
	if at >= len(t) || t[at] != '"' {
		return nil, at, errNoString
	}
	escaped := false
	for i := at + 1; i < len(t); i++ {
		switch t[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			if !escaped {
				return t[at+1 : i], i + 1, nil
			}
			var s string
			if err := json.Unmarshal(t[at:i+1], &s); err != nil {
				return nil, at, errNoString
			}
			n := len(*buf)
			*buf = append(*buf, s...)
			return (*buf)[n:len(*buf):len(*buf)], i + 1, nil
		}
	}
	return nil, at, errNoString
}

// jsonNested returns where the object or array that begins at a place ends.
func jsonNested(t []byte, at int) (end int, ok bool) {
	depth := 0
	for i := at; i < len(t); i++ {
		switch t[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '"':
			for i++; i < len(t) && t[i] != '"'; i++ {
				if t[i] == '\\' {
					i++
				}
			}
		}
	}
	return 0, false
}
