package store

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

func TestBufferGolden(t *testing.T) {
	b := newHeapBuffer()
	b.begin(7)
	b.putTick(pingAn, 100, 1, "v")
	b.appendEntry(tagDelete, []byte("k"), "")
	want := "0000000000000000" + "03000000" + // sequence, count
		"01" + "0f" + hex.EncodeToString([]byte("\x00microts\x00buffer")) + "08" + "0000000000000007" +
		"01" + "18" + "53303030303030303031" + "0000000000000000" + "00000064" + "0001" + "01" + hex.EncodeToString([]byte("v")) +
		"00" + "01" + hex.EncodeToString([]byte("k"))
	if got := hex.EncodeToString(b.writeBatch()); got != want {
		t.Errorf("batch\n got %s\nwant %s", got, want)
	}
	if w := b.word.Load(); w != 7<<24|uint64(b.n) {
		t.Errorf("word %x for number 7 and length %d", w, b.n)
	}
}

// sealedBuffer returns a batch of n ticks, with seals.
func sealedBuffer(n int) (*buffer, []byte) {
	b := newHeapBuffer()
	b.begin(3)
	for i := range n {
		b.putTick(pingAn, int64(i), 0, "0123456789")
	}
	return b, bytes.Clone(b.writeBatch())
}

func TestVerifyWireTakesWholeEntries(t *testing.T) {
	b, data := sealedBuffer(1000)
	if end, count, err := verifyWire(data, 3, false); end != len(data) || count != b.count || err != nil {
		t.Fatalf("a whole batch of %d bytes, %d entries: %d bytes, %d entries, %v", len(data), b.count, end, count, err)
	}
	for cut := range 100 {
		end, count, err := verifyWire(data[:len(data)-1-cut], 3, false)
		if err == nil && end != len(data)-1-cut {
			t.Fatalf("cut by %d: %d bytes, no error", cut+1, end)
		}
		if again, n, err := verifyWire(data[:end], 3, false); again != end || n != count || err != nil {
			t.Fatalf("cut by %d: what it took is no batch: %v", cut+1, err)
		}
	}
}

func TestVerifyWireTrustsOnlySeals(t *testing.T) {
	b, data := sealedBuffer(1000)
	if end, _, _ := verifyWire(data, 3, true); end != b.sealed {
		t.Errorf("took %d bytes, the last seal ends at %d", end, b.sealed)
	}
	if end, count, _ := verifyWire(data, 4, true); end != wireHeader || count != 0 {
		t.Errorf("the seals of buffer 3 were taken for buffer 4: %d bytes", end)
	}
	data[b.sealed-100] ^= 1
	end, _, err := verifyWire(data, 3, true)
	if end >= b.sealed-100 || err == nil {
		t.Errorf("a changed byte was not seen: %d bytes, %v", end, err)
	}
}

func FuzzVerifyBatch(f *testing.F) {
	_, data := sealedBuffer(300)
	f.Add(data, uint64(3), true)
	f.Add(data[:200], uint64(3), false)
	f.Add([]byte{}, uint64(0), false)
	f.Fuzz(func(t *testing.T, data []byte, number uint64, sealedOnly bool) {
		end, count, err := verifyWire(data, number, sealedOnly)
		if end < len(data) && err == nil {
			t.Errorf("%d of %d bytes, no reason", end, len(data))
		}
		if end == 0 {
			return
		}
		if again, n, err := verifyWire(data[:end], number, sealedOnly); again != end || n != count || err != nil {
			t.Errorf("what it took is not whole: %d of %d bytes, %d of %d entries, %v", again, end, n, count, err)
		}
	})
}

func FuzzParseLeftBuffer(f *testing.F) {
	id := strings.Repeat("b", bootIDSize)
	file := make([]byte, bufferDataAt+100)
	copy(file, bufferMagic)
	binary.LittleEndian.PutUint32(file[bufferVersionAt:], bufferVersion)
	copy(file[bufferBootAt:], id)
	binary.LittleEndian.PutUint64(file[bufferWordAt:], 5<<lengthBits|40)
	f.Add(file)
	f.Add(file[:bufferDataAt])
	f.Fuzz(func(t *testing.T, file []byte) {
		b, ok, err := parseLeftBuffer(file, id)
		if err != nil || !ok {
			return
		}
		_, _, _ = verifyWire(b.data, b.number, !b.sameBoot)
	})
}
