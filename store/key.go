package store

import (
	"encoding/binary"
	"fmt"

	"microts/internal/tick"
)

// The key of a tick in format V2: 24 bytes, integers big-endian. So the order of the
// bytes is the order of (market, code, time, seq), and the ticks of one instrument in
// a range of time are one range of keys.
//
//	offset  size  field          value
//	0       1     market         one printable ASCII byte: 'S' Shanghai/Shenzhen, 'H' Hong Kong, 'U' US, ...
//	1       9     code           printable ASCII, right-aligned, padded on the left with '0': "000600000";
//	                             or 0xff and 8 bytes that stand for a long code: see dictionary.go
//	10      8     chunk_base_ms  uint64, floor(ts_us / 30_000_000) * 30_000
//	18      4     micro_offset   uint32, ts_us - chunk_base_ms*1000, 0..29_999_999
//	22      2     seq            uint16, order within one microsecond
//
// The LuaJIT original calls the first 18 bytes the row key and the last 6 the
// qualifier.
const (
	tickKeySize = 24 // bytes

	instrumentSize = len(tick.Instrument{})
	rowKeySize     = instrumentSize + 8
	chunkUS        = 30_000_000
	chunkMS        = chunkUS / 1000
)

// tickKey is the key of a tick.
type tickKey [tickKeySize]byte

// makeTickKey encodes a key. ts is in µs since 1970; the caller has checked that
// 0 <= ts < tick.MaxTime.
func makeTickKey(in tick.Instrument, ts int64, seq uint16) tickKey {
	var k tickKey
	k.set(in, ts, seq)
	return k
}

func (k *tickKey) set(in tick.Instrument, ts int64, seq uint16) {
	copy(k[:instrumentSize], in[:])
	chunk := uint64(ts) / chunkUS
	binary.BigEndian.PutUint64(k[10:], chunk*chunkMS)
	binary.BigEndian.PutUint32(k[18:], uint32(uint64(ts)-chunk*chunkUS))
	binary.BigEndian.PutUint16(k[22:], seq)
}

// instrument returns the key's first ten bytes.
func (k *tickKey) instrument() tick.Instrument { return tick.Instrument(k[:instrumentSize]) }

// time returns the key's time in µs since 1970.
func (k *tickKey) time() int64 {
	return int64(binary.BigEndian.Uint64(k[10:])*1000 + uint64(binary.BigEndian.Uint32(k[18:])))
}

// seq returns the key's order within its microsecond.
func (k *tickKey) seq() uint16 { return binary.BigEndian.Uint16(k[22:]) }

// decodeTickKey decodes a key. It returns an error unless makeTickKey makes b of some
// instrument, time and seq.
func decodeTickKey(b []byte) (in tick.Instrument, ts int64, seq uint16, err error) {
	if len(b) != tickKeySize {
		return in, 0, 0, fmt.Errorf("not a tick's key: %d bytes, not %d", len(b), tickKeySize)
	}
	k := tickKey(b)
	if in = k.instrument(); !isInstrument(&in) {
		return in, 0, 0, fmt.Errorf("not a tick's key: market and code %q are not printable ASCII", in[:])
	}
	base, offset := binary.BigEndian.Uint64(k[10:]), binary.BigEndian.Uint32(k[18:])
	if base%chunkMS != 0 || base >= tick.MaxTime/1000 || offset >= chunkUS {
		return in, 0, 0, fmt.Errorf("not a tick's key: no chunk of 30 s begins at %d ms, or the offset %d µs is past its end", base, offset)
	}
	if ts = k.time(); ts >= tick.MaxTime {
		return in, 0, 0, fmt.Errorf("not a tick's key: time %d µs is past 2^53", ts)
	}
	return in, ts, k.seq(), nil
}

// isInstrument says whether keys may begin with an instrument.
func isInstrument(in *tick.Instrument) bool {
	code := in[1:]
	if in.IsStandIn() {
		code = nil
	}
	for _, c := range code {
		if !tick.Printable(c) {
			return false
		}
	}
	return tick.Printable(in[0])
}
