package tick

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Point is what a storage engine writes of a symbol at one time.
type Point struct {
	Time  int64 // µs
	Seq   uint16
	Value float64

	Has     Field // which of the following fields the point has
	Quality float64
	Volume  float64
	Channel float64
	Side    Side
	OrderNo uint64
	TickNo  uint64
}

// Field is a set of a point's optional fields.
type Field uint8

// The optional fields, by their flags in a point record.
const (
	HasQuality Field = 1 << (iota + 1)
	hasSeq           // only in a point record
	HasVolume
	HasChannel
	HasSide
	HasOrderNo
	HasTickNo

	// AllFields is the set of all optional fields.
	AllFields = HasQuality | marketFields

	marketFields = HasVolume | HasChannel | HasSide | HasOrderNo | HasTickNo
)

// SideNumber is added to a point's Side if the script gave the side as a number, so
// that it gets a number back.
const SideNumber Side = 3

// The value of a point is a tick record (record.go) if the format is V2 and the record
// holds all of the point, and nothing else. Otherwise it is a point record, integers
// big-endian:
//
//	size   field
//	1      tag, 0xe1
//	1      flags: 1 value is in 1/10000; 2 quality, 4 seq, 8 volume, 16 channel, 32 side, 64 order_no, 128 tick_no follow
//	1..10  value: in 1/10000 a zigzag varint, else a float64 of 8 bytes
//	1..9   quality, number
//	1..3   seq, uvarint; only in format V1, whose key has none, and unless it is 0
//	1..9   volume, number
//	1..9   channel, number
//	1      side: 0 B, 1 S, 2 N; 3, 4, 5: the same, given as the numbers 0, 1, 2
//	1..10  order_no, uvarint
//	1..10  tick_no, uvarint
//	1      zero, only where the record would have the length of a tick record
//
// A number is an integer n as the uvarint of zigzag(n)<<1, or 1 and a float64 of
// 8 bytes. Every float64 comes back with the same bits.

// PriceScale is how many units of a record's price make one unit of the currency.
const PriceScale = 10_000

const (
	pointTag    = 0xe1
	scaledValue = 1       // flag
	exactInt    = 1 << 53 // integers are exact up to here
)

var errNoPoint = errors.New("neither a tick record nor a point record")

// AppendPoint appends the value that p has in a format to b.
func AppendPoint(b []byte, p *Point, f Format) []byte {
	scaled, isScaled := scaledInt(p.Value)
	if f == V2 && isScaled && p.Has == marketFields {
		if t, ok := tickOfPoint(p, scaled); ok {
			return AppendRecord(b, t)
		}
	}
	start := len(b)
	flags := p.Has
	if isScaled {
		flags |= scaledValue
	}
	if f == V1 && p.Seq != 0 {
		flags |= hasSeq
	}
	b = append(b, pointTag, byte(flags))
	if isScaled {
		b = binary.AppendVarint(b, scaled)
	} else {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(p.Value))
	}
	if flags&HasQuality != 0 {
		b = appendNumber(b, p.Quality)
	}
	if flags&hasSeq != 0 {
		b = binary.AppendUvarint(b, uint64(p.Seq))
	}
	if flags&HasVolume != 0 {
		b = appendNumber(b, p.Volume)
	}
	if flags&HasChannel != 0 {
		b = appendNumber(b, p.Channel)
	}
	if flags&HasSide != 0 {
		b = append(b, byte(p.Side))
	}
	if flags&HasOrderNo != 0 {
		b = binary.AppendUvarint(b, p.OrderNo)
	}
	if flags&HasTickNo != 0 {
		b = binary.AppendUvarint(b, p.TickNo)
	}
	if len(b)-start == RecordSize {
		b = append(b, 0)
	}
	return b
}

// tickOfPoint returns the tick record that holds what p does; ok is false if there is
// none.
func tickOfPoint(p *Point, scaled int64) (t Record, ok bool) {
	t = Record{
		Price: int32(scaled), Qty: uint32(p.Volume), Channel: uint8(p.Channel), Side: p.Side,
		OrderNo: p.OrderNo, TickNo: p.TickNo,
	}
	ok = int64(t.Price) == scaled && same(float64(t.Qty), p.Volume) && same(float64(t.Channel), p.Channel) && t.Side <= NoSide
	return t, ok
}

// same says whether two numbers have the same bits.
func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// scaledInt returns the integer n for which n/10000 is v, bit by bit; ok is false if
// there is none.
func scaledInt(v float64) (n int64, ok bool) {
	r := math.RoundToEven(v * PriceScale)
	if !(math.Abs(r) < exactInt) {
		return 0, false
	}
	n = int64(r)
	return n, same(float64(n)/PriceScale, v)
}

func appendNumber(b []byte, v float64) []byte {
	if n := int64(v); math.Abs(v) < exactInt && same(float64(n), v) {
		return binary.AppendUvarint(b, uint64(n<<1^n>>63)<<1)
	}
	return binary.BigEndian.AppendUint64(append(b, 1), math.Float64bits(v))
}

// DecodePoint decodes the value of a point into p. It does not set what the key holds:
// p.Time, and in format V2 p.Seq. Of the optional fields it sets those in p.Has. It
// returns an error unless AppendPoint makes value of some point, or value is a tick
// record. It keeps nothing of value.
func DecodePoint(value []byte, p *Point, f Format) error {
	if f == V2 && len(value) == RecordSize {
		t, err := DecodeRecord(value)
		if err != nil {
			return err
		}
		p.Value, p.Has, p.Volume, p.Channel = float64(t.Price)/PriceScale, marketFields, float64(t.Qty), float64(t.Channel)
		p.Side, p.OrderNo, p.TickNo = t.Side, t.OrderNo, t.TickNo
		return nil
	}
	if len(value) < 2 || value[0] != pointTag {
		return errNoPoint
	}
	r := reader{rest: value[2:]}
	flags := Field(value[1])
	if flags&scaledValue != 0 {
		p.Value = float64(r.varint()) / PriceScale
		if n, ok := scaledInt(p.Value); r.err == nil && (!ok || float64(n)/PriceScale != p.Value) {
			return errors.New("not a point record: its value is no number in 1/10000")
		}
	} else {
		p.Value = r.float()
	}
	if f == V1 {
		p.Seq = 0
	}
	p.Has = flags &^ (scaledValue | hasSeq)
	if flags&HasQuality != 0 {
		p.Quality = r.number()
	}
	if flags&hasSeq != 0 {
		seq := r.uvarint()
		if f != V1 || seq == 0 || seq > MaxSeq {
			return fmt.Errorf("not a point record: seq %d", seq)
		}
		p.Seq = uint16(seq)
	}
	if flags&HasVolume != 0 {
		p.Volume = r.number()
	}
	if flags&HasChannel != 0 {
		p.Channel = r.number()
	}
	if flags&HasSide != 0 {
		if p.Side = Side(r.byte()); p.Side > NoSide+SideNumber {
			return fmt.Errorf("not a point record: side %d", p.Side)
		}
	}
	if flags&HasOrderNo != 0 {
		p.OrderNo = r.uvarint()
	}
	if flags&HasTickNo != 0 {
		p.TickNo = r.uvarint()
	}
	if len(value) == RecordSize+1 && len(r.rest) == 1 && r.rest[0] == 0 {
		r.rest = nil
	}
	switch {
	case r.err != nil:
		return r.err
	case len(r.rest) > 0:
		return fmt.Errorf("not a point record: %d bytes too many", len(r.rest))
	}
	return nil
}

// reader reads the parts of a point record; after the first error it reads zeros.
type reader struct {
	rest []byte
	err  error
}

var errShortRecord = errors.New("not a point record: it ends too early")

func (r *reader) take(n int) []byte {
	if n <= 0 || n > len(r.rest) || r.err != nil {
		r.err, r.rest = errShortRecord, nil
		return make([]byte, max(n, 1))
	}
	part := r.rest[:n]
	r.rest = r.rest[n:]
	return part
}

func (r *reader) byte() byte { return r.take(1)[0] }

func (r *reader) float() float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(r.take(8)))
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.take(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.take(n)
	return v
}

func (r *reader) number() float64 {
	u := r.uvarint()
	if u == 1 {
		return r.float()
	}
	n := u >> 1
	v := float64(int64(n>>1) ^ -int64(n&1))
	if u&1 != 0 || math.Abs(v) >= exactInt {
		r.err = errors.New("not a point record: a number of an unknown kind")
	}
	return v
}
