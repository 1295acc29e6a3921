package tick

import (
	"encoding/binary"
	"fmt"
)

// The tick record, the usual value of a tick: RecordSize bytes, integers big-endian.
//
//	offset  size  field     value
//	0       4     price     int32, in 1/10000 of the currency
//	4       4     qty       uint32
//	8       1     channel   uint8
//	9       1     side      0 buy, 1 sell, 2 none
//	10      8     order_no  uint64
//	18      8     tick_no   uint64
//	26      24    reserved  zeros
const RecordSize = 50

// Side is the side of a tick.
type Side uint8

// The sides, by their numbers in a record.
const (
	Buy    Side = 0
	Sell   Side = 1
	NoSide Side = 2
)

// String returns "B", "S" or "N".
func (s Side) String() string {
	if s > NoSide {
		return fmt.Sprintf("Side(%d)", uint8(s))
	}
	return "BSN"[s : s+1]
}

// Sign returns the side as columns have it: 1 buy, -1 sell, 0 neither.
func (s Side) Sign() int {
	switch s {
	case Buy:
		return 1
	case Sell:
		return -1
	}
	return 0
}

// Record is the decoded tick record.
type Record struct {
	Price   int32 // in 1/10000 of the currency
	Qty     uint32
	Channel uint8
	Side    Side
	OrderNo uint64
	TickNo  uint64
}

// AppendRecord appends the bytes of a record to b.
func AppendRecord(b []byte, t Record) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(t.Price))
	b = binary.BigEndian.AppendUint32(b, t.Qty)
	b = append(b, t.Channel, byte(t.Side))
	b = binary.BigEndian.AppendUint64(b, t.OrderNo)
	b = binary.BigEndian.AppendUint64(b, t.TickNo)
	var reserved [24]byte
	return append(b, reserved[:]...)
}

// DecodeRecord decodes a record. It returns an error unless b is what AppendRecord
// makes of some Record. It keeps nothing of b.
func DecodeRecord(b []byte) (Record, error) {
	if len(b) != RecordSize {
		return Record{}, fmt.Errorf("not a tick record: %d bytes, not %d", len(b), RecordSize)
	}
	t := Record{
		Price:   int32(binary.BigEndian.Uint32(b)),
		Qty:     binary.BigEndian.Uint32(b[4:]),
		Channel: b[8],
		Side:    Side(b[9]),
		OrderNo: binary.BigEndian.Uint64(b[10:]),
		TickNo:  binary.BigEndian.Uint64(b[18:]),
	}
	if t.Side > NoSide {
		return Record{}, fmt.Errorf("not a tick record: side is %d, not 0 (B), 1 (S) or 2 (N)", t.Side)
	}
	for i, c := range b[26:] {
		if c != 0 {
			return Record{}, fmt.Errorf("not a tick record: reserved byte %d is %d, not 0", 26+i, c)
		}
	}
	return t, nil
}
