package store

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Scheme A, the key of one tick. KeySize bytes, integers big-endian, so that
// the order of the bytes is the order of (market, code, time, seq) and the
// ticks of one instrument in a range of time are one range of keys:
//
//	offset  size  field          value
//	0       1     market         one printable ASCII byte: 'S' Shanghai/Shenzhen, 'H' Hong Kong, 'U' US, ...
//	1       9     code           printable ASCII, right-aligned, padded on the left with '0': "000600000"
//	10      8     chunk_base_ms  uint64, floor(ts_us / 30_000_000) * 30_000
//	18      4     micro_offset   uint32, ts_us - chunk_base_ms*1000, 0..29_999_999
//	22      2     seq            uint16, order within one microsecond
//
// The first 18 bytes are what the original calls the row key, the last 6 the
// qualifier.
const (
	// KeySize is the length of a tick's key in bytes.
	KeySize = 24
	// CodeSize is the greatest length of an instrument's code in bytes.
	CodeSize = 9
	// MaxTime is the first time, in µs since 1970, that a key cannot hold:
	// 2^53, up to which Lua's numbers are exact integers.
	MaxTime = 1 << 53
	// MaxSeq is the greatest seq.
	MaxSeq = 1<<16 - 1

	instrumentSize = 1 + CodeSize
	rowKeySize     = instrumentSize + 8
	chunkUS        = 30_000_000
	chunkMS        = chunkUS / 1000
)

// Instrument is the market and code of a key: its first ten bytes.
type Instrument [instrumentSize]byte

// Key is the key of one tick.
type Key [KeySize]byte

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
	for i := instrumentSize - 1; i > 0; i-- {
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
		if !printable(code[i]) {
			return Instrument{}, &RangeError{"code", "printable ASCII", fmt.Sprintf("%q", code)}
		}
	}
	copy(in[instrumentSize-len(code):], code)
	return in, nil
}

func checkMarket(market byte) error {
	if !printable(market) {
		return &RangeError{"market", "one printable ASCII character", fmt.Sprintf("%q", string(rune(market)))}
	}
	return nil
}

func printable(c byte) bool { return 0x20 <= c && c <= 0x7e }

// Market returns the market's byte.
func (in Instrument) Market() byte { return in[0] }

// Code returns the code without the zeros it is padded with; the code of only
// zeros is "0".
func (in Instrument) Code() string {
	code := strings.TrimLeft(string(in[1:]), "0")
	if code == "" {
		return "0"
	}
	return code
}

// String returns the market, a colon and the code, as in "S:600000".
func (in Instrument) String() string { return string(in[:1]) + ":" + in.Code() }

// MakeKey encodes a key. ts is in µs since 1970, 0 <= ts < MaxTime: the caller
// has checked it with CheckTime.
func MakeKey(in Instrument, ts int64, seq uint16) Key {
	var k Key
	k.set(in, ts, seq)
	return k
}

func (k *Key) set(in Instrument, ts int64, seq uint16) {
	copy(k[:instrumentSize], in[:])
	chunk := uint64(ts) / chunkUS
	binary.BigEndian.PutUint64(k[10:], chunk*chunkMS)
	binary.BigEndian.PutUint32(k[18:], uint32(uint64(ts)-chunk*chunkUS))
	binary.BigEndian.PutUint16(k[22:], seq)
}

// CheckTime returns a *RangeError that names the argument unless
// 0 <= ts < MaxTime.
func CheckTime(name string, ts int64) error {
	if ts < 0 || ts >= MaxTime {
		return &RangeError{name, "integer microseconds 0 <= us < 2^53", fmt.Sprint(ts)}
	}
	return nil
}

// Instrument returns the key's first ten bytes.
func (k *Key) Instrument() Instrument { return Instrument(k[:instrumentSize]) }

// Time returns the key's time in µs since 1970.
func (k *Key) Time() int64 {
	return int64(binary.BigEndian.Uint64(k[10:])*1000 + uint64(binary.BigEndian.Uint32(k[18:])))
}

// Seq returns the key's order within its microsecond.
func (k *Key) Seq() uint16 { return binary.BigEndian.Uint16(k[22:]) }

// DecodeKey reads a key that may be anything: it returns an error unless b is
// just what MakeKey makes of some instrument, time and seq.
func DecodeKey(b []byte) (in Instrument, ts int64, seq uint16, err error) {
	if len(b) != KeySize {
		return in, 0, 0, fmt.Errorf("not a tick's key: %d bytes, not %d", len(b), KeySize)
	}
	k := Key(b)
	for _, c := range k[:instrumentSize] {
		if !printable(c) {
			return in, 0, 0, fmt.Errorf("not a tick's key: market and code %q are not printable ASCII", k[:instrumentSize])
		}
	}
	base, offset := binary.BigEndian.Uint64(k[10:]), binary.BigEndian.Uint32(k[18:])
	if base%chunkMS != 0 || base >= MaxTime/1000 || offset >= chunkUS {
		return in, 0, 0, fmt.Errorf("not a tick's key: no chunk of 30 s begins at %d ms, or the offset %d µs is past its end", base, offset)
	}
	if ts = k.Time(); ts >= MaxTime {
		return in, 0, 0, fmt.Errorf("not a tick's key: time %d µs is past 2^53", ts)
	}
	return k.Instrument(), ts, k.Seq(), nil
}

// timeRange returns the first and the last key that a tick of in may have from
// start to end, both included.
func timeRange(in Instrument, start, end int64) (first, last Key) {
	return MakeKey(in, start, 0), MakeKey(in, end, MaxSeq)
}
