package archive

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/zeebo/xxh3"

	"microts/internal/tick"
)

// digest makes the digest of a day's ticks: the same ticks have the same digest, whatever
// parts and groups they are in, and however they are compressed. It is the XXH3, 128 bits,
// big-endian, as hex digits, of the entries of all codes, ascending. The bytes of an entry
// are, integers big-endian:
//
//	size  field
//	2     length of the code
//	      the code, as the column code has it
//	8     number of ticks
//	16    XXH3, 128 bits, of the ticks
//
// and those of a tick:
//
//	8     time in µs
//	2     seq
//	4     length of the value; 0xffffffff for a tick record
//	      the value; of a tick record its first 26 bytes, the others being zeros
type digest struct {
	all  *xxh3.Hasher
	code *xxh3.Hasher
	n    uint64 // ticks of the code
	rows int64  // of all codes
	buf  []byte
}

const recordMark = 0xffffffff

func newDigest() *digest { return &digest{all: xxh3.New(), code: xxh3.New()} }

// add adds ticks of the current code, with all columns.
func (d *digest) add(c *tick.Columns) {
	b := d.buf[:0]
	others, values := c.Others, c.OtherValues
	for i, us := range c.Times {
		b = binary.BigEndian.AppendUint64(b, uint64(us))
		b = binary.BigEndian.AppendUint16(b, c.Seqs[i])
		if len(others) > 0 && others[0] == i {
			b = binary.BigEndian.AppendUint32(b, uint32(len(values[0])))
			b = append(b, values[0]...)
			others, values = others[1:], values[1:]
		} else {
			b = binary.BigEndian.AppendUint32(b, recordMark)
			b = binary.BigEndian.AppendUint32(b, uint32(c.Prices[i]))
			b = binary.BigEndian.AppendUint32(b, c.Qtys[i])
			b = append(b, c.Channels[i], byte(c.Sides[i]))
			b = binary.BigEndian.AppendUint64(b, c.OrderNos[i])
			b = binary.BigEndian.AppendUint64(b, c.TickNos[i])
		}
		if len(b) >= 64<<10 {
			_, _ = d.code.Write(b)
			b = b[:0]
		}
	}
	_, _ = d.code.Write(b)
	d.buf = b
	d.n += uint64(c.Len())
}

// end ends the current code; one without ticks leaves no entry.
func (d *digest) end(code string) {
	if d.n == 0 {
		return
	}
	b := binary.BigEndian.AppendUint16(d.buf[:0], uint16(len(code)))
	b = append(b, code...)
	b = binary.BigEndian.AppendUint64(b, d.n)
	b = appendSum(b, d.code)
	_, _ = d.all.Write(b)
	d.buf = b
	d.rows += int64(d.n)
	d.n = 0
	d.code.Reset()
}

func appendSum(b []byte, h *xxh3.Hasher) []byte {
	sum := h.Sum128()
	b = binary.BigEndian.AppendUint64(b, sum.Hi)
	return binary.BigEndian.AppendUint64(b, sum.Lo)
}

// String returns the digest of the codes that have ended.
func (d *digest) String() string { return hex.EncodeToString(appendSum(nil, d.all)) }
