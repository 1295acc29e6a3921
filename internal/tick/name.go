package tick

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxCode is the greatest length of a long code in bytes.
const MaxCode = 64

// Name is what a script calls an instrument: a market and a code.
//
// A code of 1 to CodeSize printable ASCII characters stands in the keys of the
// instrument's ticks as it is; then Instrument returns the instrument. Any other code
// is a long code, such as "rb2405.SHFE", "m2405-C-3000" or "沪铜2405": a database keeps
// it in its dictionary, and a stand-in (see StandIn) is in the keys. Then the database
// tells the instrument: see DB.Find and DB.Define of package store.
//
// NewName and ParseName make names. Two names are equal if they are one instrument's.
type Name struct {
	Market byte   // one printable ASCII character
	Code   string // a short one without leading zeros; a long one as it was written
}

// NewName makes a name of a market, one printable ASCII character, and a code: 1 to
// MaxCode bytes of printable UTF-8. Leading zeros do not count where the rest of the
// code is a short one: "600000", "000600000" and "000000600000" are one code, and so is
// what BareCode makes one. The error is a *RangeError.
func NewName(market byte, code string) (Name, error) {
	if err := checkMarket(market); err != nil {
		return Name{}, err
	}
	if literal, ok := strings.CutPrefix(code, string(rune(market))+":"); ok && BareCode(market, literal) != literal {
		code = literal
	} else {
		code = BareCode(market, code)
	}
	return literalName(market, code)
}

// literalName is NewName of a code that has no exchange to be removed.
func literalName(market byte, code string) (Name, error) {
	if err := checkMarket(market); err != nil {
		return Name{}, err
	}
	if rest := withoutZeros(code); isShort(rest) {
		return Name{market, rest}, nil
	}
	if len(code) == 0 || len(code) > MaxCode {
		return Name{}, &RangeError{"code", fmt.Sprintf("1 to %d bytes", MaxCode), fmt.Sprintf("%d (%s)", len(code), quote(code))}
	}
	if !isPrintable(code) {
		return Name{}, &RangeError{"code", "printable UTF-8", quote(code)}
	}
	return Name{market, code}, nil
}

// withoutZeros returns a code without its leading zeros; of a code of only zeros one
// stays.
func withoutZeros(code string) string {
	rest := strings.TrimLeft(code, "0")
	if rest == "" && code != "" {
		return "0"
	}
	return rest
}

// isShort says whether a code has a place in a key.
func isShort(code string) bool {
	for i := range len(code) {
		if !Printable(code[i]) {
			return false
		}
	}
	return 0 < len(code) && len(code) <= CodeSize
}

func isPrintable(code string) bool {
	for _, r := range code {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// quote quotes the beginning of a text for a message.
func quote(text string) string {
	const most = 40
	if len(text) <= most {
		return strconv.Quote(text)
	}
	return strconv.Quote(text[:most]) + "..."
}

// IsLong says whether the code is a long one.
func (n Name) IsLong() bool { return !isShort(n.Code) }

// Instrument returns the instrument; ok is false if the code is a long one.
func (n Name) Instrument() (in Instrument, ok bool) {
	if n.IsLong() {
		return Instrument{}, false
	}
	in, err := ParseInstrument(n.Market, n.Code)
	return in, err == nil
}

// String returns the market, a colon and the code with as many digits as the market writes,
// as in "S:000001". ParseName reads it.
func (n Name) String() string { return string(rune(n.Market)) + ":" + withZeros(n.Market, n.Code) }

// Symbol returns the symbol of a name, which ParseName reads.
func (n Name) Symbol() string {
	symbol := ""
	switch n.Market {
	case 'S':
		switch code := n.Code; {
		case digits(code) && len(code) <= 6:
			code = strings.Repeat("0", 6-len(code)) + code
			symbol = exchangeOf(code) + code
		case len(code) == 8:
			symbol = code
		}
	case 'H':
		if digits(n.Code) && len(n.Code) <= 5 {
			symbol = "HK" + strings.Repeat("0", 5-len(n.Code)) + n.Code
		}
	case 'U':
		symbol = "US." + n.Code
	case freeMarket:
		symbol = n.Code
	}
	if back, err := ParseName(symbol); err == nil && back == n {
		return symbol
	}
	return n.String()
}

// Compare returns -1, 0 or +1: by market, then short codes before long ones, then by
// the bytes of the code as Instrument has them, or of the long code.
func (n Name) Compare(other Name) int {
	a, aShort := n.Instrument()
	b, bShort := other.Instrument()
	switch {
	case n.Market != other.Market:
		return int(n.Market) - int(other.Market)
	case aShort && bShort:
		return a.Compare(&b)
	case aShort:
		return -1
	case bShort:
		return 1
	}
	return strings.Compare(n.Code, other.Code)
}

// A stand-in has the place of a long code in the keys of its instrument's ticks. No
// short code begins with its first byte, which is not ASCII.
//
//	offset  size  field
//	0       1     StandInMark, 0xff
//	1       8     number, big-endian; see NumberOf
const StandInMark = 0xff

// StandIn returns the instrument of a market in whose keys the number stands for a long
// code.
func StandIn(market byte, number uint64) Instrument {
	in := Instrument{market, StandInMark}
	binary.BigEndian.PutUint64(in[2:], number)
	return in
}

// IsStandIn says whether a number stands for the instrument's code. Only the database
// knows which code that is.
func (in *Instrument) IsStandIn() bool { return in[1] == StandInMark }

// Number returns the number of a stand-in.
func (in *Instrument) Number() uint64 { return binary.BigEndian.Uint64(in[2:]) }

// NumberOf returns the number that is to stand for a long code: the first 8 bytes of
// its SHA-256. So a code has one number in all databases, unless another code of a
// database has it already; then it gets the next number that is free there.
func NumberOf(code string) uint64 {
	sum := sha256.Sum256([]byte(code))
	return binary.BigEndian.Uint64(sum[:])
}

// unnamedPrefix begins what stands for the code of an instrument whose code is not
// known.
const unnamedPrefix = "unnamed-"

// Unnamed returns what is shown for the code that a number stands for, if that code is
// not known: "unnamed-" and the number as 16 hex digits.
func Unnamed(number uint64) string { return fmt.Sprintf("%s%016x", unnamedPrefix, number) }

// ParseUnnamed reads what Unnamed returns.
func ParseUnnamed(code string) (number uint64, ok bool) {
	hex, ok := strings.CutPrefix(code, unnamedPrefix)
	if !ok {
		return 0, false
	}
	number, err := strconv.ParseUint(hex, 16, 64)
	return number, err == nil && Unnamed(number) == code
}
