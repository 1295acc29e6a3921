package tick

import (
	"bytes"
	"fmt"
)

const (
	// CodeSize is the greatest length of an instrument's code in bytes.
	CodeSize = 9
	// MaxTime is 2^53 µs since 1970. A tick's time is below it, so that a float64, such
	// as a number of Lua, holds the time exactly.
	MaxTime = 1 << 53
	// MaxSeq is the greatest seq.
	MaxSeq = 1<<16 - 1
	// MaxValue is the greatest length of a value in bytes.
	MaxValue = 64 << 10
)

// Instrument is a market and a code, in the bytes with which the key of a tick begins:
// the market's byte, then the code, right-aligned and padded with '0', or a stand-in
// for a long code (name.go).
type Instrument [1 + CodeSize]byte

// NewInstrument makes the instrument of a market (one printable ASCII byte)
// and a code of digits, 0..999_999_999. The error is a *RangeError.
func NewInstrument(market byte, code int64) (Instrument, error) {
	if err := checkMarket(market); err != nil {
		return Instrument{}, err
	}
	if code < 0 || code > 999_999_999 {
		return Instrument{}, &RangeError{"code", "integer 0..999999999 or a string", fmt.Sprint(code)}
	}
	in := Instrument{market}
	for i := CodeSize; i > 0; i-- {
		in[i] = '0' + byte(code%10)
		code /= 10
	}
	return in, nil
}

// ParseInstrument makes the instrument of a market (one printable ASCII byte)
// and a code of one to nine printable ASCII characters. Leading zeros of a
// code do not count: "600000" and "000600000" are one instrument. The error is
// a *RangeError.
func ParseInstrument(market byte, code string) (Instrument, error) {
	if err := checkMarket(market); err != nil {
		return Instrument{}, err
	}
	if len(code) == 0 || len(code) > CodeSize {
		return Instrument{}, &RangeError{"code", "1 to 9 characters", fmt.Sprintf("%d (%.40q)", len(code), code)}
	}
	in := Instrument{market, '0', '0', '0', '0', '0', '0', '0', '0', '0'}
	for i := range len(code) {
		if !Printable(code[i]) {
			return Instrument{}, &RangeError{"code", "printable ASCII", fmt.Sprintf("%q", code)}
		}
	}
	copy(in[len(in)-len(code):], code)
	return in, nil
}

func checkMarket(market byte) error {
	if !Printable(market) {
		return &RangeError{"market", "one printable ASCII character", fmt.Sprintf("%q", string(rune(market)))}
	}
	return nil
}

// Printable says whether a byte is printable ASCII, the space included.
func Printable(c byte) bool { return 0x20 <= c && c <= 0x7e }

// Market returns the market's byte.
func (in Instrument) Market() byte { return in[0] }

// Code returns the code without leading zeros; the code of only zeros is "0". For a
// stand-in, whose code only the database knows, it returns what Unnamed does.
func (in Instrument) Code() string {
	if in.IsStandIn() {
		return Unnamed(in.Number())
	}
	return withoutZeros(string(in[1:]))
}

// String returns the market, a colon and the code, as in "S:000001".
func (in Instrument) String() string { return string(in[:1]) + ":" + withZeros(in[0], in.Code()) }

// CheckTime returns a *RangeError that names the argument unless
// 0 <= ts < MaxTime.
func CheckTime(name string, ts int64) error {
	if ts < 0 || ts >= MaxTime {
		return &RangeError{name, "integer microseconds 0 <= us < 2^53", fmt.Sprint(ts)}
	}
	return nil
}

// Compare returns -1, 0 or +1 by market and then code, in the order of their bytes.
func (in *Instrument) Compare(other *Instrument) int { return bytes.Compare(in[:], other[:]) }
