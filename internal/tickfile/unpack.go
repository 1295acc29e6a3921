package tickfile

import (
	"encoding/binary"
	"math"
)

// decodeHybrid calls f with the values of Parquet's hybrid of runs and packed bits: each
// n times. It stops after rows values; fewer are an error.
func decodeHybrid(b []byte, width, rows int, f func(value uint32, n int)) error {
	size := (width + 7) / 8
	for rows > 0 {
		header, n := binary.Uvarint(b)
		if n <= 0 || header > math.MaxUint32 {
			return malformed("values that are cut off")
		}
		b = b[n:]
		if header&1 == 0 {
			count := min(int(header>>1), rows)
			if len(b) < size || count == 0 {
				return malformed("a run that is cut off")
			}
			var word [8]byte
			copy(word[:], b[:size])
			f(uint32(binary.LittleEndian.Uint64(word[:])), count)
			b, rows = b[size:], rows-count
			continue
		}
		count := int(header>>1) * 8
		length := int(header>>1) * width
		if count == 0 || length > len(b) {
			return malformed("packed bits that are cut off")
		}
		packed := b[:length]
		b = b[length:]
		count = min(count, rows)
		for i := range count {
			f(bits(packed, i*width, width), 1)
		}
		rows -= count
	}
	return nil
}

// bits returns width bits, at most 32, of b.
func bits(b []byte, at, width int) uint32 {
	var word [8]byte
	copy(word[:], b[at>>3:])
	return uint32(binary.LittleEndian.Uint64(word[:]) >> (at & 7) & (1<<width - 1))
}

// decodeWords decodes the numbers of words into the words of a dictionary.
func decodeWords[T integer](d *decoder, values []T, p page, physical int) error {
	if p.numWords > maxWords || len(p.words) != p.numWords*physical || len(p.body) == 0 || p.body[0] > 32 {
		return malformed("a dictionary of %d values in %d bytes", p.numWords, len(p.words))
	}
	for i := range p.numWords {
		if physical == 4 {
			d.words[i] = int64(int32(binary.LittleEndian.Uint32(p.words[4*i:])))
		} else {
			d.words[i] = int64(binary.LittleEndian.Uint64(p.words[8*i:]))
		}
		if _, ok := narrow[T](d.words[i]); !ok {
			return malformed("value %d is out of range", d.words[i])
		}
	}
	words := d.words[:p.numWords]
	ok, at := true, 0
	err := decodeHybrid(p.body[1:], int(p.body[0]), len(values), func(word uint32, n int) {
		if int(word) >= len(words) {
			ok = false
			return
		}
		v := T(words[word])
		for range n {
			values[at] = v
			at++
		}
	})
	if err == nil && !ok {
		err = malformed("a word that is not in the dictionary")
	}
	return err
}

// decodeDelta decodes DELTA_BINARY_PACKED. Slack zeros follow b in its array.
func decodeDelta[T integer](values []T, b []byte) error {
	var header [3]uint64 // values of a block, miniblocks of a block, values in all
	for i := range header {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxInt32 {
			return malformed("deltas that are cut off")
		}
		header[i], b = v, b[n:]
	}
	first, n := binary.Varint(b)
	if n <= 0 {
		return malformed("deltas that are cut off")
	}
	b = b[n:]
	block, miniblocks := int(header[0]), int(header[1])
	if block == 0 || miniblocks == 0 || block%miniblocks != 0 || block/miniblocks%32 != 0 || int(header[2]) != len(values) {
		return malformed("deltas of %d values in blocks of %d in %d, %d values expected", header[2], block, miniblocks, len(values))
	}
	per := block / miniblocks
	if len(values) == 0 {
		return nil
	}
	value := uint64(first)
	var out bool
	put := func(i int, v uint64) {
		t, ok := narrow[T](int64(v))
		values[i] = t
		out = out || !ok
	}
	put(0, value)
	for i := 1; i < len(values); {
		least, n := binary.Varint(b)
		if n <= 0 || len(b)-n < miniblocks {
			return malformed("deltas that are cut off")
		}
		widths := b[n : n+miniblocks]
		b = b[n+miniblocks:]
		for _, w := range widths {
			if i >= len(values) {
				break
			}
			width := int(w)
			if width > 64 || per/8*width > len(b) {
				return malformed("deltas of %d bits that are cut off", width)
			}
			for k := range min(per, len(values)-i) {
				value += uint64(least) + bits64(b, k*width, width)
				put(i, value)
				i++
			}
			b = b[per/8*width:]
		}
	}
	if out {
		return malformed("a value is out of range")
	}
	return nil
}

// bits64 returns width bits, at most 64, of b.
func bits64(b []byte, at, width int) uint64 {
	var word [16]byte
	copy(word[:], b[at>>3:])
	shift := at & 7
	low := binary.LittleEndian.Uint64(word[:]) >> shift
	if shift > 0 {
		low |= binary.LittleEndian.Uint64(word[8:]) << (64 - shift)
	}
	if width == 64 {
		return low
	}
	return low & (1<<width - 1)
}
