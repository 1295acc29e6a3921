package store

import (
	"encoding/binary"
	"fmt"

	"microts/internal/tick"
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

	instrumentSize = len(tick.Instrument{})
	rowKeySize     = instrumentSize + 8
	chunkUS        = 30_000_000
	chunkMS        = chunkUS / 1000
)

// Key is the key of one tick.
type Key [KeySize]byte

// MakeKey encodes a key. ts is in µs since 1970, 0 <= ts < MaxTime: the caller
// has checked it with CheckTime.
func MakeKey(in tick.Instrument, ts int64, seq uint16) Key {
	var k Key
	k.set(in, ts, seq)
	return k
}

func (k *Key) set(in tick.Instrument, ts int64, seq uint16) {
	copy(k[:instrumentSize], in[:])
	chunk := uint64(ts) / chunkUS
	binary.BigEndian.PutUint64(k[10:], chunk*chunkMS)
	binary.BigEndian.PutUint32(k[18:], uint32(uint64(ts)-chunk*chunkUS))
	binary.BigEndian.PutUint16(k[22:], seq)
}

// Instrument returns the key's first ten bytes.
func (k *Key) Instrument() tick.Instrument { return tick.Instrument(k[:instrumentSize]) }

// Time returns the key's time in µs since 1970.
func (k *Key) Time() int64 {
	return int64(binary.BigEndian.Uint64(k[10:])*1000 + uint64(binary.BigEndian.Uint32(k[18:])))
}

// Seq returns the key's order within its microsecond.
func (k *Key) Seq() uint16 { return binary.BigEndian.Uint16(k[22:]) }

// DecodeKey reads a key that may be anything: it returns an error unless b is
// just what MakeKey makes of some instrument, time and seq.
func DecodeKey(b []byte) (in tick.Instrument, ts int64, seq uint16, err error) {
	if len(b) != KeySize {
		return in, 0, 0, fmt.Errorf("not a tick's key: %d bytes, not %d", len(b), KeySize)
	}
	k := Key(b)
	for _, c := range k[:instrumentSize] {
		if !tick.Printable(c) {
			return in, 0, 0, fmt.Errorf("not a tick's key: market and code %q are not printable ASCII", k[:instrumentSize])
		}
	}
	base, offset := binary.BigEndian.Uint64(k[10:]), binary.BigEndian.Uint32(k[18:])
	if base%chunkMS != 0 || base >= tick.MaxTime/1000 || offset >= chunkUS {
		return in, 0, 0, fmt.Errorf("not a tick's key: no chunk of 30 s begins at %d ms, or the offset %d µs is past its end", base, offset)
	}
	if ts = k.Time(); ts >= tick.MaxTime {
		return in, 0, 0, fmt.Errorf("not a tick's key: time %d µs is past 2^53", ts)
	}
	return k.Instrument(), ts, k.Seq(), nil
}
