package store

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/torture"
)

const (
	thisBoot  = "11111111-1111-1111-1111-111111111111"
	otherBoot = "22222222-2222-2222-2222-222222222222"
)

// leftValue returns the i-th value that leftFile puts; a few are long.
func leftValue(i int) string {
	size := i % 40
	if i%97 == 96 {
		size = 3000
	}
	return fmt.Sprintf("%d:%s", i, strings.Repeat("v", size))
}

// leftFile returns the file of a mapped buffer that holds the ticks from..to-1 at the
// times from..to-1. The file is cut a bit behind them.
func leftFile(t testing.TB, boot string, number uint64, from, to int) []byte {
	t.Helper()
	b, err := newMappedBuffer(filepath.Join(t.TempDir(), "0.buf"), boot)
	if err != nil {
		t.Fatal(err)
	}
	defer b.release(false, false)
	b.begin(number)
	for i := from; i < to; i++ {
		if !b.putTick(pingAn, int64(i), 0, leftValue(i)) {
			t.Fatalf("no room for tick %d", i)
		}
	}
	return bytes.Clone(b.mem[:min(bufferDataAt+b.n+300, len(b.mem))])
}

// leftFile1 returns what leftFile does in version 1 of the file.
func leftFile1(t testing.TB, boot string, number uint64, from, to int) []byte {
	t.Helper()
	mem := make([]byte, bufferSize)
	copy(mem, bufferMagic)
	binary.LittleEndian.PutUint32(mem[bufferVersionAt:], 1)
	copy(mem[bufferBootAt:], boot)
	data := mem[bufferDataAt:]
	n, sealed := wireHeader, wireHeader
	end := func(added int) {
		if n += added; n-sealed >= 4096 {
			data[n], data[n+1] = tagSeal, sealSize-2
			binary.LittleEndian.PutUint32(data[n+2:], sealSum(number, data[sealed:n]))
			n += sealSize
			sealed = n
		}
	}
	put := func(key []byte, value string) {
		entry := append([]byte{tagPut, byte(len(key))}, key...)
		entry = binary.AppendUvarint(entry, uint64(len(value)))
		end(copy(data[n:], append(entry, value...)))
	}
	put([]byte(bufferKey), string(binary.BigEndian.AppendUint64(nil, number)))
	for i := from; i < to; i++ {
		key := makeTickKey(*pingAn, int64(i), 0)
		put(key[:], leftValue(i))
	}
	binary.LittleEndian.PutUint64(mem[bufferWordAt:], number<<24|uint64(n))
	return mem[:min(bufferDataAt+n+300, len(mem))]
}

// TestBufferFileGolden pins the file of a buffer.
func TestBufferFileGolden(t *testing.T) {
	b, err := newMappedBuffer(filepath.Join(t.TempDir(), "0.buf"), thisBoot)
	if err != nil {
		t.Fatal(err)
	}
	defer b.release(false, false)
	text := func(s string) string { return hex.EncodeToString([]byte(s)) }
	const number = 0x0102030405060708
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "0000000000000000" + "00000000ffffffff" + "00000000"},
		{func() { b.begin(number) }, "0807060504030201" + "26008070" + "28f702bd" + "439422ea"},
		{func() { b.putTick(pingAn, 100, 1, "v") }, "0807060504030201" + "42008070" + "bb8bd7c9" + "439422ea"},
	} {
		step.do()
		want := text("microbuf") + "02000000" + "00000000" + text(thisBoot) + "00000000" + step.want
		if got := hex.EncodeToString(b.mem[:bufferHeaderSumAt+4]); got != want {
			t.Errorf("header\n got %s\nwant %s", got, want)
		}
	}
	for _, c := range b.mem[bufferHeaderSumAt+4 : bufferDataAt] {
		if c != 0 {
			t.Errorf("not zero behind the header: %x", b.mem[bufferHeaderSumAt+4:bufferDataAt])
			break
		}
	}
}

// expectTrusted parses a damaged file: all that is trusted stands in the whole one, and
// if not everything is trusted, the damage is seen.
func expectTrusted(t *testing.T, what string, whole *leftBuffer, mem []byte) (b leftBuffer) {
	t.Helper()
	b, ok, err := parseLeftBuffer(mem, thisBoot)
	behind := mem[min(bufferWordAt, len(mem)):]
	switch {
	case err != nil: // a newer microts may have written it: the open is refused
		return b
	case !ok && bytes.Count(behind, []byte{0}) == len(behind):
		return b // nothing is left to save
	case !ok:
		t.Fatalf("%s: taken for empty", what)
	case b.known && b.number != whole.number:
		t.Fatalf("%s: buffer %d is taken for %d", what, whole.number, b.number)
	case b.count > 0 && !b.known:
		t.Fatalf("%s: entries of an unknown buffer are trusted", what)
	case b.end > whole.end || b.end > 0 && !bytes.Equal(b.data[wireHeader:b.end], whole.data[wireHeader:b.end]):
		t.Fatalf("%s: trusts what was never written: %d of %d bytes", what, b.end, whole.end)
	case !b.damaged && b.end != whole.end:
		t.Fatalf("%s: trusts %d of %d bytes and sees no damage", what, b.end, whole.end)
	}
	count := uint32(0)
	for at := wireHeader; at < b.end; {
		r, err := readEntry(b.data, at)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if r.tag != tagSeal {
			count++
		}
		at = r.end
	}
	if count != b.count {
		t.Fatalf("%s: %d entries, not %d", what, b.count, count)
	}
	return b
}

func parseWhole(t testing.TB, file []byte, entries int) *leftBuffer {
	t.Helper()
	b, ok, err := parseLeftBuffer(file, thisBoot)
	if err != nil || !ok || b.damaged || b.count != uint32(entries+1) {
		t.Fatalf("a whole file: %d entries, damaged %v, %v, %v", b.count, b.damaged, ok, err)
	}
	return &b
}

// TestEachFlippedBitOfABufferIsSeen flips each bit of a small file, one at a time.
func TestEachFlippedBitOfABufferIsSeen(t *testing.T) {
	const ticks = 60
	for _, boot := range []string{thisBoot, otherBoot} {
		file := leftFile(t, boot, 5, 0, ticks)
		whole := parseWhole(t, file, ticks)
		used := bufferDataAt + whole.end
		lost := 0
		for bit := range 8 * len(file) {
			mem := bytes.Clone(file)
			mem[bit/8] ^= 1 << (bit % 8)
			b := expectTrusted(t, fmt.Sprintf("bit %d of byte %d, boot %.1s", bit%8, bit/8, boot), whole, mem)
			if used <= bit/8 && b.damaged {
				t.Fatalf("byte %d behind the entries counts as damage", bit/8)
			}
			if b.damaged {
				lost = max(lost, bit/8-bufferDataAt-b.end)
			}
		}
		if most := sealEvery + 100; lost > most {
			t.Errorf("a flipped bit takes %d bytes before it, more than %d", lost, most)
		}
	}
}

// TestDamagedBuffersAreNeverTrusted damages a large file in many ways.
func TestDamagedBuffersAreNeverTrusted(t *testing.T) {
	const ticks, pageSize = 3000, 4096
	rng := rand.New(rand.NewPCG(3, 4))
	for _, boot := range []string{thisBoot, otherBoot} {
		file := leftFile(t, boot, 5, 0, ticks)
		earlier := leftFile(t, boot, 4, 0, ticks) // what the file held before
		whole := parseWhole(t, file, ticks)
		pages := len(file)/pageSize - 1
		for _, damage := range []struct {
			name string
			do   func(mem []byte) []byte
		}{
			{"a flipped bit", func(mem []byte) []byte {
				mem[rng.IntN(len(mem))] ^= 1 << rng.IntN(8)
				return mem
			}},
			{"garbage", func(mem []byte) []byte {
				at := rng.IntN(len(mem))
				for i := range mem[at:min(len(mem), at+1+rng.IntN(200))] {
					mem[at+i] = byte(rng.Uint32())
				}
				return mem
			}},
			{"zeros", func(mem []byte) []byte {
				at := rng.IntN(len(mem))
				clear(mem[at:min(len(mem), at+1+rng.IntN(10_000))])
				return mem
			}},
			{"a cut", func(mem []byte) []byte { return mem[:rng.IntN(len(mem))] }},
			{"pages that were not written", func(mem []byte) []byte {
				for range 1 + rng.IntN(3) {
					at := (1 + rng.IntN(pages-1)) * pageSize // with the first one, it is the earlier buffer
					copy(mem[at:], earlier[at:at+pageSize])
				}
				return mem
			}},
			{"swapped pages", func(mem []byte) []byte {
				a, b := rng.IntN(pages)*pageSize, rng.IntN(pages)*pageSize
				copy(mem[a:], file[b:b+pageSize])
				copy(mem[b:], file[a:a+pageSize])
				return mem
			}},
			{"moved bytes", func(mem []byte) []byte {
				at := rng.IntN(len(mem))
				copy(mem[at:], file[rng.IntN(len(file)):])
				return mem
			}},
		} {
			for i := range torture.Rounds(t, 100, 100) {
				expectTrusted(t, fmt.Sprintf("%s, round %d, boot %.1s", damage.name, i, boot), whole, damage.do(bytes.Clone(file)))
			}
		}
	}
}

// TestDamageInTheMidstIsToldFromTheEnd flips a byte in the first, a middle and the last
// group of a buffer.
func TestDamageInTheMidstIsToldFromTheEnd(t *testing.T) {
	const ticks = 300
	file := leftFile(t, thisBoot, 5, 0, ticks)
	whole := parseWhole(t, file, ticks)
	for _, c := range []struct {
		at     int
		goesOn bool
	}{{wireHeader + 40, true}, {whole.end / 2, true}, {whole.end - 3, false}} {
		mem := bytes.Clone(file)
		mem[bufferDataAt+c.at] ^= 4
		b := expectTrusted(t, fmt.Sprint("byte ", c.at), whole, mem)
		if !b.damaged || b.goesOn() != c.goesOn {
			t.Errorf("byte %d of %d: damaged %v, goes on %v", c.at, whole.end, b.damaged, b.goesOn())
		}
		size, entries := b.rest()
		if size != whole.end-max(b.end, wireHeader) || entries == 0 || entries > ticks {
			t.Errorf("byte %d of %d: %d bytes and %d entries are lost, %d bytes are whole", c.at, whole.end, size, entries, b.end)
		}
	}
}

// TestBuffersOfVersion1 reads files that an older microts left.
func TestBuffersOfVersion1(t *testing.T) {
	const ticks = 500
	file := leftFile1(t, thisBoot, 5, 0, ticks)
	whole := parseWhole(t, file, ticks)
	again := parseWhole(t, leftFile(t, thisBoot, 5, 0, ticks), ticks)
	if whole.number != 5 || whole.firstEntry() != 5 || again.count != whole.count {
		t.Errorf("number %d, %d entries", whole.number, whole.count)
	}
	copy(file[bufferBootAt:], otherBoot)
	sealed, ok, err := parseLeftBuffer(file, thisBoot)
	if !ok || err != nil || !sealed.damaged || sealed.end < whole.end-4096-3100 || sealed.end == whole.end {
		t.Errorf("after a power failure: %d of %d bytes, %v, %v", sealed.end, whole.end, ok, err)
	}
	for at := bufferDataAt + wireHeader; at < bufferDataAt+sealed.end; at += 7 {
		for _, boot := range []string{thisBoot, otherBoot} {
			mem := bytes.Clone(file)
			copy(mem[bufferBootAt:], boot)
			mem[at] ^= 0x10
			expectTrusted(t, fmt.Sprintf("byte %d, boot %.1s", at, boot), whole, mem)
		}
	}
}

// TestBuffersThatHoldNothing parses what a kill leaves of a file that never held an entry.
func TestBuffersThatHoldNothing(t *testing.T) {
	begun := leftFile(t, thisBoot, 5, 0, 0)
	emptied := bytes.Clone(begun)
	binary.LittleEndian.PutUint64(emptied[bufferWordAt:], emptyWord)
	copy(emptied[bufferNumberAt:], "half")
	for name, mem := range map[string][]byte{
		"no bytes": {}, "zeros": make([]byte, bufferSize), "a header": append(bytes.Clone(begun[:bufferNumberAt]), make([]byte, 200)...),
		"a number": begun, "a cut header": begun[:bufferNumberAt], "half a number": emptied,
	} {
		if _, ok, err := parseLeftBuffer(mem, thisBoot); ok || err != nil {
			t.Errorf("%s: holds entries: %v, %v", name, ok, err)
		}
	}
}

func FuzzVerifyBatch(f *testing.F) {
	data := leftFile(f, thisBoot, 3, 0, 300)[bufferDataAt:]
	f.Add(data, uint64(3), 100, uint32(0), true)
	f.Add(data[:200], uint64(3), 200, uint32(7), false)
	f.Add([]byte{}, uint64(0), 0, uint32(0), false)
	f.Add([]byte{}, uint64(0), wireHeader, sealSum(0, nil), false)
	f.Fuzz(func(t *testing.T, data []byte, number uint64, length int, sum uint32, sameBoot bool) {
		b := leftBuffer{number: number, data: data, length: length & (1<<lengthBits - 1), sum: sum, sameBoot: sameBoot}
		b.verify()
		if b.end > len(data) {
			t.Fatalf("%d of %d bytes", b.end, len(data))
		}
		size, _ := b.rest()
		_ = b.goesOn()
		if b.end == 0 {
			return
		}
		again := leftBuffer{number: number, data: data[:b.end], length: b.length, sum: sum, sameBoot: sameBoot}
		if again.verify(); again.end != b.end || again.count != b.count || size < 0 {
			t.Errorf("what it took is not whole: %d of %d bytes, %d of %d entries", again.end, b.end, again.count, b.count)
		}
	})
}

func FuzzParseLeftBuffer(f *testing.F) {
	for _, file := range [][]byte{leftFile(f, thisBoot, 5, 0, 40), leftFile(f, otherBoot, 5, 0, 40), leftFile1(f, thisBoot, 5, 0, 40)} {
		f.Add(file)
		f.Add(file[:bufferDataAt])
		f.Add(file[:len(file)/2])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		b, ok, err := parseLeftBuffer(file, thisBoot)
		if err != nil || !ok {
			return
		}
		if size, entries := b.rest(); size < 0 || entries < 0 || b.end > len(b.data) {
			t.Errorf("%d of %d bytes, the rest is %d bytes and %d entries", b.end, len(b.data), size, entries)
		}
		_ = b.goesOn()
	})
}
