package store

import (
	"encoding/hex"
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
	if w, sum := b.word.Load(), sealSum(7, b.data[wireHeader:b.n]); w != uint64(sum)<<32|7<<20|uint64(b.n) {
		t.Errorf("word %x for number 7, length %d and checksum %x", w, b.n, sum)
	}
}
