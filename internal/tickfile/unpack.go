package tickfile

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// All integers are unpacked by loads of 8 bytes, which may reach behind the last of them:
// so a body has slack zeros behind it.

// hybrid reads Parquet's hybrid of runs and packed bits.
type hybrid struct {
	b     []byte // slack zeros follow it
	width int    // bits of a value
}

// next returns the next run, of a value; or, if packed is not nil, packed values, of
// which some may be padding. n is how many values there are.
func (h *hybrid) next() (n int, value uint32, packed []byte, err error) {
	header, size := binary.Uvarint(h.b)
	n = int(header >> 1)
	if size <= 0 || header > math.MaxInt32 || n == 0 {
		return 0, 0, nil, malformed("values that are cut off")
	}
	h.b = h.b[size:]
	if header&1 == 0 {
		size = (h.width + 7) / 8
		if size > len(h.b) {
			return 0, 0, nil, malformed("a run that is cut off")
		}
		value = uint32(bits(h.b, 0, h.width))
	} else {
		size = n * h.width
		if size > len(h.b) {
			return 0, 0, nil, malformed("packed values that are cut off")
		}
		packed, n = h.b[:size:size+slack], 8*n
	}
	h.b = h.b[size:]
	return n, value, packed, nil
}

// bits returns width bits, from bit number at on, of bytes that slack zeros follow.
func bits(b []byte, at, width int) uint64 {
	b = b[at>>3:]
	b = b[:slack]
	shift := at & 7
	low := binary.LittleEndian.Uint64(b)>>shift | binary.LittleEndian.Uint64(b[8:])<<(64-shift)
	return low & (1<<width - 1)
}

// decodeWords decodes the numbers of words into the words of a dictionary.
func decodeWords[T integer](words *[maxWords]int64, values []T, p page, physical format.Type) error {
	size := 8
	if physical == format.Int32 {
		size = 4
	}
	if p.numWords > maxWords || len(p.words) != p.numWords*size || len(p.body) == 0 || p.body[0] > wordBits {
		return malformed("a dictionary of %d values in %d bytes", p.numWords, len(p.words))
	}
	for i := range p.numWords {
		word := int64(bits(p.words, 8*size*i, 8*size))
		if _, ok := narrow[T](word); !ok {
			return malformed("value %d is out of range", word)
		}
		words[i] = word
	}
	if len(values) == 0 {
		return nil
	}
	h := hybrid{p.body[1:], int(p.body[0])}
	most := uint64(0) // of the numbers of words
	for len(values) > 0 {
		n, word, packed, err := h.next()
		if err != nil {
			return err
		}
		n = min(n, len(values))
		run := values[:n]
		values = values[n:]
		if packed == nil {
			most = max(most, uint64(word))
			v := T(words[word%maxWords])
			for i := range run {
				run[i] = v
			}
			continue
		}
		most = max(most, lookUp(run, packed, h.width, words))
	}
	if most >= uint64(p.numWords) {
		return malformed("word %d of %d", most, p.numWords)
	}
	return nil
}

// lookUp sets values to the words of packed numbers, at most wordBits wide, and returns
// the greatest number.
func lookUp[T integer](values []T, packed []byte, width int, words *[maxWords]int64) (most uint64) {
	packed = packed[:len(packed)+slack]
	mask := uint64(1)<<width - 1
	half := 4 * width // the first bit of the second four of eight values
	for ; len(values) >= 8; values, packed = values[8:], packed[width:] {
		out := (*[8]T)(values)
		a := binary.LittleEndian.Uint64(packed)
		b := binary.LittleEndian.Uint64(packed[half>>3:]) >> (half & 7)
		for i := range 4 {
			v, w := a&mask, b&mask
			a, b = a>>(width&63), b>>(width&63)
			most = max(most, v, w)
			out[i], out[4+i] = T(words[v%maxWords]), T(words[w%maxWords])
		}
	}
	for i := range values {
		v := bits(packed, i*width, width)
		most = max(most, v)
		values[i] = T(words[v%maxWords])
	}
	return most
}

// decodeDelta decodes DELTA_BINARY_PACKED; slack zeros follow b.
func decodeDelta[T integer](values []T, b []byte) error {
	var header [3]int // values of a block, miniblocks of a block, values in all
	for i := range header {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxInt32 {
			return malformed("deltas that are cut off")
		}
		header[i], b = int(v), b[n:]
	}
	first, n := binary.Varint(b)
	if n <= 0 {
		return malformed("deltas that are cut off")
	}
	b = b[n:]
	block, miniblocks := header[0], header[1]
	if miniblocks == 0 || block == 0 || block%(32*miniblocks) != 0 || header[2] != len(values) {
		return malformed("deltas of %d values in blocks of %d in %d, %d values expected", header[2], block, miniblocks, len(values))
	}
	if len(values) == 0 {
		return nil
	}
	per, value := block/miniblocks, uint64(first)
	outside := addDeltas(values[:1], b, 0, 0, &value)
	for values = values[1:]; len(values) > 0; {
		least, n := binary.Varint(b)
		if n <= 0 || len(b)-n < miniblocks {
			return malformed("deltas that are cut off")
		}
		widths := b[n : n+miniblocks]
		b = b[n+miniblocks:]
		for _, width := range widths {
			size := per / 8 * int(width)
			if width > 64 || size > len(b) {
				return malformed("deltas of %d bits that are cut off", width)
			}
			n := min(per, len(values))
			outside |= addDeltas(values[:n], b, int(width), uint64(least), &value)
			values, b = values[n:], b[size:]
			if len(values) == 0 {
				break
			}
		}
	}
	if outside != 0 {
		return malformed("a value is out of range")
	}
	return nil
}

// addDeltas sets values to a value and the sums of it and of packed deltas of some
// width, each more than a least one. It returns 0 if T holds them all.
func addDeltas[T integer](values []T, packed []byte, width int, least uint64, value *uint64) (outside uint32) {
	packed = packed[:len(packed)+slack]
	sum, mask := *value, uint64(1)<<width-1
	for ; len(values) >= 8 && width <= 56; values, packed = values[8:], packed[width:] {
		out := (*[8]T)(values)
		switch {
		case width == 0:
			for i := range out {
				sum += least
				out[i] = T(sum)
				outside |= uint32(out[i]) ^ uint32(sum)
			}
		case width <= 8:
			word := binary.LittleEndian.Uint64(packed)
			for i := range out {
				sum += least + word&mask
				word >>= width & 63
				out[i] = T(sum)
				outside |= uint32(out[i]) ^ uint32(sum)
			}
		default:
			for i := range out {
				at := i * width
				sum += least + binary.LittleEndian.Uint64(packed[at>>3:])>>(at&7)&mask
				out[i] = T(sum)
				outside |= uint32(out[i]) ^ uint32(sum)
			}
		}
	}
	for i := range values {
		sum += least + bits(packed, i*width, width)
		values[i] = T(sum)
		outside |= uint32(values[i]) ^ uint32(sum)
	}
	*value = sum
	return outside
}
