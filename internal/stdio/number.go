package stdio

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// ReadNumber skips white space and reads a number as scanf of glibc does with "%lf":
// decimal or hexadecimal, with a fraction and an exponent, or inf or nan. It takes
// every byte that could go on with the number, and leaves the first that could not.
// ok is false if there is no number.
func (s *Stream) ReadNumber(c Caller) (f float64, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := numberReader{s: s, c: c, text: s.digits[:0]}
	r.skipSpace()
	found := r.sign() && r.number()
	if r.err != nil {
		return 0, false, r.err
	}
	if !found {
		return 0, false, nil
	}
	f, ok = parsePrefix(string(r.text))
	return f, ok, nil
}

// numberReader reads the bytes of a number. After an error, and at the end of the
// stream, it finds no more bytes.
type numberReader struct {
	s    *Stream
	c    Caller
	text []byte // what was taken
	err  error
}

// peek returns the next byte in lower case, or -1.
func (r *numberReader) peek() int {
	if r.err != nil {
		return -1
	}
	if err := r.s.needAhead(r.c, 1); err != nil {
		if err != io.EOF {
			r.err = err
		}
		return -1
	}
	b := r.s.buf[r.s.from]
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return int(b)
}

// take takes the byte that peek returned.
func (r *numberReader) take(b int) {
	if n := len(r.text); n == cap(r.text) {
		if err := r.c.Room(2 * int64(n)); err != nil {
			r.err = &EndError{err}
			return
		}
	}
	r.text = append(r.text, byte(b))
	r.s.from++
}

// takeWord takes a word. If another byte comes instead, it takes that too, as glibc
// does, and returns false.
func (r *numberReader) takeWord(word string) bool {
	for _, w := range []byte(word) {
		b := r.peek()
		if b >= 0 {
			r.take(b)
		}
		if b != int(w) {
			return false
		}
	}
	return true
}

func (r *numberReader) skipSpace() {
	for b := r.peek(); b == ' ' || '\t' <= b && b <= '\r'; b = r.peek() {
		r.s.from++
	}
}

// sign takes a sign, if there is one. It says whether something follows.
func (r *numberReader) sign() bool {
	if b := r.peek(); b == '+' || b == '-' {
		r.take(b)
	}
	return r.peek() >= 0
}

// number takes what follows the sign. It says whether that may be a number.
func (r *numberReader) number() bool {
	switch r.peek() {
	case 'n':
		return r.takeWord("nan")
	case 'i':
		return r.takeWord("inf") && (r.peek() != 'i' || r.takeWord("inity"))
	}
	hex, digits := false, false
	if r.peek() == '0' {
		r.take('0')
		if r.peek() == 'x' {
			r.take('x')
			hex = true
		} else {
			digits = true
		}
	}
	before := len(r.text)
	r.digits(hex, digits)
	return len(r.text) > before || digits
}

// digits takes digits, one point, and an exponent. found says that there were digits
// already.
func (r *numberReader) digits(hex, found bool) {
	mark := int('e')
	if hex {
		mark = 'p'
	}
	point, exponent := false, false
	for b := r.peek(); ; b = r.peek() {
		switch {
		case '0' <= b && b <= '9', hex && !exponent && 'a' <= b && b <= 'f':
			found = true
		case exponent && (b == '+' || b == '-') && r.text[len(r.text)-1] == byte(mark):
		case found && !exponent && b == mark:
			exponent, point = true, true
		case b == '.' && !point:
			point = true
		default:
			return
		}
		r.take(b)
	}
}

// parsePrefix returns the number of the longest prefix of a text, in lower case, that
// is one, as strtod does.
func parsePrefix(text string) (f float64, ok bool) {
	if isDecimal(text) {
		f, err := strconv.ParseFloat(text, 64)
		if err == nil {
			return f, true
		}
	}
	unsigned := strings.TrimLeft(text, "+-")
	sign := 1.0
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	switch unsigned {
	case "nan":
		return math.Copysign(math.NaN(), sign), true
	case "inf", "infinity":
		return math.Inf(int(sign)), true
	}
	if digits, hex := strings.CutPrefix(unsigned, "0x"); hex {
		if number, ok := cutNumber(digits, 'p'); ok {
			unsigned = "0x" + number
		} else {
			unsigned = "0"
		}
	} else if unsigned, ok = cutNumber(unsigned, 'e'); !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(unsigned, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return math.Copysign(f, sign), true
}

// isDecimal reports whether a text has only digits, signs and points, so that Go reads it as
// C does, if it reads it.
func isDecimal(text string) bool {
	for _, b := range []byte(text) {
		if (b < '0' || b > '9') && b != '.' && b != '-' && b != '+' {
			return false
		}
	}
	return true
}

// cutNumber cuts off an exponent without digits, and gives a hexadecimal number, which
// begins after its "0x", the exponent that Go demands. ok is false if the number has no
// digits.
func cutNumber(text string, mark byte) (number string, ok bool) {
	mantissa, exponent, _ := strings.Cut(text, string(mark))
	if strings.Trim(mantissa, ".") == "" {
		return "", false
	}
	if strings.Trim(exponent, "+-") == "" {
		exponent = "0"
	}
	return mantissa + string(mark) + exponent, true
}
