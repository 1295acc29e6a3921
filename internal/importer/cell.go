package importer

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
	"time"
)

// kind says what a cell holds.
type kind uint8

const (
	missing  kind = iota // an empty field, null, NaN
	text                 // text
	decimal              // i / 10^scale: an exact number
	unsigned             // uint64(i): a whole number above the greatest int64
	float                // f
	boolean              // i, 0 or 1
	instant              // i µs since 1970
	wall                 // i µs since 1970 as the clocks of the zone show it
	day                  // i days since 1970
	clock                // i µs since midnight
)

var kindNames = []string{
	missing: "nothing", text: "text", decimal: "number", unsigned: "number", float: "number",
	boolean: "true or false", instant: "time", wall: "time", day: "day", clock: "time of day",
}

// cell is one value: a field of a row, or what an expression makes of one. Its text is
// valid until the next row.
type cell struct {
	kind  kind
	scale uint8 // of a decimal, at most maxScale
	i     int64
	f     float64
	text  []byte
}

// maxScale is the greatest scale of a decimal: 10^18 is the last power in an int64.
const maxScale = 18

var powers = func() (p [maxScale + 1]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = 10 * p[i-1]
	}
	return p
}()

func integer(i int64) cell     { return cell{kind: decimal, i: i} }
func textCell(t []byte) cell   { return cell{kind: text, text: t} }
func floatCell(f float64) cell { return cell{kind: float, f: f} }

func boolCell(b bool) cell {
	if b {
		return cell{kind: boolean, i: 1}
	}
	return cell{kind: boolean}
}

// field returns the cell of a field of a text file: spaces around it do not count, and
// what stands for no value is missing.
func field(t []byte) cell {
	if len(t) > 0 && (t[0] <= ' ' || t[len(t)-1] <= ' ') {
		t = bytes.TrimSpace(t)
	}
	if isMissing(t) {
		return cell{}
	}
	return textCell(t)
}

// isMissing says whether a text stands for no value.
func isMissing(t []byte) bool {
	switch len(t) {
	case 0:
		return true
	case 2:
		return t[0] == '\\' && t[1] == 'N' || t[0] == '-' && t[1] == '-'
	case 3:
		return t[0]|0x20 == 'n' && string(bytes.ToLower(t)) == "nan"
	case 4:
		return t[0]|0x20 == 'n' && (string(bytes.ToLower(t)) == "null" || string(t) == "None")
	}
	return false
}

// parseNumber reads the number that a text is: digits with a sign, a point and an
// exponent, or nothing else.
func parseNumber(t []byte) (cell, bool) {
	i, negative := 0, false
	if i < len(t) && (t[i] == '-' || t[i] == '+') {
		negative = t[i] == '-'
		i++
	}
	value, digits, scale, point := uint64(0), 0, 0, false
	for ; i < len(t); i++ {
		c := t[i] - '0'
		if c > 9 {
			if t[i] != '.' || point {
				break
			}
			point = true
			continue
		}
		digits++
		hi, lo := bits.Mul64(value, 10)
		sum, carry := bits.Add64(lo, uint64(c), 0)
		if hi != 0 || carry != 0 {
			return parseFloat(t)
		}
		value = sum
		if point {
			scale++
		}
	}
	if digits == 0 {
		return cell{}, false
	}
	if i < len(t) || scale > maxScale {
		return parseFloat(t)
	}
	for scale > 0 && (value > math.MaxInt64 || value%10 == 0) && value%10 == 0 {
		value /= 10
		scale--
	}
	switch {
	case value <= math.MaxInt64 && negative:
		return cell{kind: decimal, i: -int64(value), scale: uint8(scale)}, true
	case value <= math.MaxInt64:
		return cell{kind: decimal, i: int64(value), scale: uint8(scale)}, true
	case scale == 0 && !negative:
		return cell{kind: unsigned, i: int64(value)}, true
	}
	return parseFloat(t)
}

// parseFloat is parseNumber of a number with an exponent or more digits than a decimal
// has.
func parseFloat(t []byte) (cell, bool) {
	for _, c := range t { // ParseFloat takes hexadecimal numbers, "inf" and underscores too
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return cell{}, false
		}
	}
	f, err := strconv.ParseFloat(string(t), 64)
	if err != nil {
		return cell{}, false
	}
	return floatCell(f), true
}

// number returns the number that a cell is: a decimal, an unsigned or a float. A missing
// cell stays missing. ok is false if it is no number.
func (c cell) number() (n cell, ok bool) {
	switch c.kind {
	case text:
		return parseNumber(c.text)
	case missing, decimal, unsigned:
		return c, true
	case float:
		if math.IsNaN(c.f) {
			return cell{}, true
		}
		return c, true
	case boolean:
		return integer(c.i), true
	}
	return cell{}, false
}

// float returns the nearest float of a number.
func (c cell) float() float64 {
	switch c.kind {
	case decimal:
		return float64(c.i) / float64(powers[c.scale])
	case unsigned:
		return float64(uint64(c.i))
	}
	return c.f
}

// almost is how far a float may be from a whole number and still be taken for it: what
// is lost between 10.53 and the float nearest to it.
const almost = 1e-4

// whole returns the whole number that a number is; ok is false if it is none.
func (c cell) whole() (i int64, ok bool) {
	switch c.kind {
	case decimal:
		if c.scale == 0 {
			return c.i, true
		}
		p := powers[c.scale]
		return c.i / p, c.i%p == 0
	case float:
		r := math.Round(c.f)
		return int64(r), math.Abs(c.f-r) <= almost && math.Abs(r) < 1<<53
	}
	return 0, false
}

// shift returns a number multiplied by a power of ten, 0 to 18.
func (c cell) shift(by uint8) cell {
	if c.kind == decimal {
		if c.scale >= by {
			c.scale -= by
			return c
		}
		if hi, lo := bits.Mul64(magnitude(c.i), uint64(powers[by-c.scale])); hi == 0 && lo <= math.MaxInt64 {
			return cell{kind: decimal, i: c.i * powers[by-c.scale]}
		}
	}
	return floatCell(c.float() * float64(powers[by]))
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// add returns the sum of two numbers, or their difference.
func add(a, b cell, minus bool) cell {
	if a.kind == decimal && b.kind == decimal {
		for a.scale < b.scale && a.i <= math.MaxInt64/10 && a.i >= -math.MaxInt64/10 {
			a.i, a.scale = a.i*10, a.scale+1
		}
		for b.scale < a.scale && b.i <= math.MaxInt64/10 && b.i >= -math.MaxInt64/10 {
			b.i, b.scale = b.i*10, b.scale+1
		}
		if minus {
			b.i = -b.i // no decimal is the least int64: parseNumber makes none, nor do these
		}
		if sum := a.i + b.i; a.scale == b.scale && (sum > a.i) == (b.i > 0) && sum != math.MinInt64 {
			return cell{kind: decimal, i: sum, scale: a.scale}
		}
		if minus {
			b.i = -b.i
		}
	}
	if minus {
		return floatCell(a.float() - b.float())
	}
	return floatCell(a.float() + b.float())
}

// multiply returns the product of two numbers.
func multiply(a, b cell) cell {
	if a.kind == decimal && b.kind == decimal && a.scale+b.scale <= maxScale {
		if hi, lo := bits.Mul64(magnitude(a.i), magnitude(b.i)); hi == 0 && lo <= math.MaxInt64 {
			return cell{kind: decimal, i: a.i * b.i, scale: a.scale + b.scale}
		}
	}
	return floatCell(a.float() * b.float())
}

// compare returns -1, 0 or +1 by the size of two numbers.
func compare(a, b cell) int {
	if d := add(a, b, true); d.kind == decimal {
		return sign(d.i > 0, d.i < 0)
	}
	x, y := a.float(), b.float()
	return sign(x > y, x < y)
}

func sign(more, less bool) int {
	switch {
	case more:
		return 1
	case less:
		return -1
	}
	return 0
}

// appendText appends the text of a cell, as a CSV file would hold it.
func (c cell) appendText(b []byte) []byte {
	switch c.kind {
	case text:
		return append(b, c.text...)
	case decimal:
		if c.i < 0 {
			b = append(b, '-')
		}
		digits := strconv.AppendUint(nil, magnitude(c.i), 10)
		if c.scale == 0 {
			return append(b, digits...)
		}
		if n := int(c.scale) + 1 - len(digits); n > 0 {
			digits = append(bytes.Repeat([]byte{'0'}, n), digits...)
		}
		point := len(digits) - int(c.scale)
		b = append(b, digits[:point]...)
		b = append(b, '.')
		return append(b, digits[point:]...)
	case unsigned:
		return strconv.AppendUint(b, uint64(c.i), 10)
	case float:
		return strconv.AppendFloat(b, c.f, 'f', -1, 64)
	case boolean:
		return strconv.AppendBool(b, c.i != 0)
	case instant:
		return time.UnixMicro(c.i).UTC().AppendFormat(b, "2006-01-02T15:04:05.999999Z07:00")
	case wall:
		return time.UnixMicro(c.i).UTC().AppendFormat(b, "2006-01-02 15:04:05.999999")
	case day:
		return time.Unix(c.i*86400, 0).UTC().AppendFormat(b, time.DateOnly)
	case clock:
		return time.UnixMicro(c.i).UTC().AppendFormat(b, "15:04:05.999999")
	}
	return b
}

// show returns a cell for a message.
func (c cell) show() string {
	if c.kind == missing {
		return "nothing"
	}
	b := c.appendText(nil)
	const most = 40
	if len(b) > most {
		return strconv.Quote(string(b[:most])) + "..."
	}
	if c.kind == text {
		return strconv.Quote(string(b))
	}
	return string(b)
}

// appendReal appends the shortest text of a float32.
func appendReal(b []byte, f float32) []byte { return strconv.AppendFloat(b, float64(f), 'f', -1, 32) }
