package importer

import "slices"

// numeric is the expression of a field that is a number. Most are a column, or a column
// multiplied by a power of ten: these are read without the expression, if the column is
// digits.
type numeric struct {
	field  string
	eval   eval
	column int // in row.fields; -1: the expression is another one
	shift  uint8
}

func (n *numeric) made() bool { return n.eval != nil }

// numeric compiles the expression of a field that is a number.
func (s *schema) numeric(field, src string) (numeric, error) {
	e, err := s.compile(src, wantNumber)
	if err != nil {
		return numeric{}, err
	}
	n := numeric{field: field, eval: e, column: -1}
	parsed, err := parseExpr(src)
	if err != nil {
		return numeric{}, err
	}
	if parsed.op == opBinary && parsed.name == "*" {
		if by := powerOf(parsed.args[1]); by >= 0 {
			n.shift, parsed = uint8(by), parsed.args[0]
		}
	}
	if parsed.op == opColumn || parsed.op == opPosition {
		if column, err := s.column(parsed); err == nil && column >= 0 {
			n.column = s.use(column)
		}
	}
	return n, nil
}

// powerOf returns the power of ten that a literal is, or -1.
func powerOf(n *node) int {
	if n.op != opNumber || n.num.kind != decimal || n.num.scale != 0 {
		return -1
	}
	return slices.Index(powers[:], n.num.i)
}

// shifted returns the number that a text of digits, and a point among them, is, multiplied
// by a power of ten; ok is false if the result is not whole, has more than 18 digits, or
// the text has something else.
func shifted(t []byte, by int) (value uint64, ok bool) {
	if len(t) == 0 || len(t)+by > maxScale {
		return 0, false
	}
	i := 0
	for ; i < len(t); i++ {
		d := t[i] - '0'
		if d > 9 {
			break
		}
		value = 10*value + uint64(d)
	}
	if i < len(t) {
		if t[i] != '.' || i == 0 || i+1 == len(t) {
			return 0, false
		}
		for i++; i < len(t); i++ {
			d := t[i] - '0'
			if d > 9 {
				return 0, false
			}
			if by == 0 {
				if d != 0 {
					return 0, false
				}
				continue
			}
			value = 10*value + uint64(d)
			by--
		}
	}
	return value * uint64(powers[by]), true
}

// shiftedField is shifted of the field of a row that begins at a place. It ends before the
// first character that is no digit and no point.
func shiftedField(t []byte, at, by int) (value uint64, end int, ok bool) {
	from := at
	for at < len(t) && t[at]-'0' <= 9 {
		value = 10*value + uint64(t[at]-'0')
		at++
	}
	whole := at - from
	if whole == 0 || whole+by > maxScale {
		return 0, at, false
	}
	if at == len(t) || t[at] != '.' {
		return value * uint64(powers[by]), at, true
	}
	at++
	from = at
	for ; at < len(t) && t[at]-'0' <= 9; at++ {
		d := t[at] - '0'
		switch {
		case by > 0:
			value = 10*value + uint64(d)
			by--
		case d != 0:
			return 0, at, false
		}
	}
	return value * uint64(powers[by]), at, at > from
}
