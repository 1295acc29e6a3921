package store

import (
	"bytes"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

func TestKeyGolden(t *testing.T) {
	for _, c := range []struct {
		market byte
		code   string
		ts     int64
		seq    uint16
		key    string
	}{
		// 1700000000000100 µs = 56666666 chunks of 30 s and 20000100 µs; the
		// chunk begins at 1699999980000 ms = 0x18bcfe519e0; 0x01312d64 µs.
		{'S', "600000", 1_700_000_000_000_100, 1, "53" + "303030363030303030" + "0000018bcfe519e0" + "01312d64" + "0001"},
		{'H', "700", 0, 0, "48" + "303030303030373030" + "0000000000000000" + "00000000" + "0000"},
		{'U', "AAPL", 29_999_999, 65535, "55" + "30303030304141504c" + "0000000000000000" + "01c9c37f" + "ffff"},
		{'U', "BRK.B", 30_000_000, 256, "55" + "3030303042524b2e42" + "0000000000007530" + "00000000" + "0100"},
		// 49.7 days are 2^32 ms, past which the original's keys wrap.
		{'S', "1", 4_294_980_000_000, 0, "53" + "303030303030303031" + "00000001000031a0" + "00000000" + "0000"},
		{'S', "1", tick.MaxTime - 1, 0, "53" + "303030303030303031" + "0000083126e96650" + "0048577f" + "0000"},
	} {
		key := makeTickKey(*instrument(c.market, c.code), c.ts, c.seq)
		if got := hex.EncodeToString(key[:]); got != c.key {
			t.Errorf("key of %c %s %d %d:\n got %s\nwant %s", c.market, c.code, c.ts, c.seq, got, c.key)
		}
	}
}

func genInstrument(t *rapid.T, label string) tick.Instrument {
	market := rapid.ByteRange(' ', '~').Draw(t, label+" market")
	if rapid.Bool().Draw(t, label+" is a stand-in") {
		return tick.StandIn(market, rapid.Uint64().Draw(t, label+" number"))
	}
	code := rapid.StringMatching(`[ -~]{1,9}`).Draw(t, label+" code")
	in, err := tick.ParseInstrument(market, code)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func genTime(t *rapid.T, label string) int64 {
	return rapid.Int64Range(0, tick.MaxTime-1).Draw(t, label+" time")
}

func TestKeyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, ts, seq := genInstrument(t, "a"), genTime(t, "a"), rapid.Uint16().Draw(t, "seq")
		key := makeTickKey(in, ts, seq)
		in2, ts2, seq2, err := decodeTickKey(key[:])
		if err != nil || in2 != in || ts2 != ts || seq2 != seq {
			t.Fatalf("%v %d %d came back as %v %d %d, %v", in, ts, seq, in2, ts2, seq2, err)
		}
		if key.instrument() != in || key.time() != ts || key.seq() != seq {
			t.Fatalf("%v %d %d read as %v %d %d", in, ts, seq, key.instrument(), key.time(), key.seq())
		}
	})
}

func TestKeyOrderIsInstrumentTimeSeq(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genInstrument(t, "a"), genInstrument(t, "b")
		if rapid.Bool().Draw(t, "one instrument") {
			b = a
		}
		ta, tb := genTime(t, "a"), genTime(t, "b")
		if rapid.Bool().Draw(t, "near in time") {
			tb = min(ta+rapid.Int64Range(0, 40_000_000).Draw(t, "later"), tick.MaxTime-1)
		}
		sa, sb := rapid.Uint16().Draw(t, "seq a"), rapid.Uint16().Draw(t, "seq b")
		want := bytes.Compare(a[:], b[:])
		if want == 0 {
			want = compareInts(ta, tb)
		}
		if want == 0 {
			want = compareInts(int64(sa), int64(sb))
		}
		ka, kb := makeTickKey(a, ta, sa), makeTickKey(b, tb, sb)
		if got := bytes.Compare(ka[:], kb[:]); got != want {
			t.Fatalf("keys of (%v %d %d) and (%v %d %d) compare as %d, not %d", a, ta, sa, b, tb, sb, got, want)
		}
	})
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func FuzzDecodeKey(f *testing.F) {
	key := makeTickKey(*pingAn, 1_700_000_000_000_100, 1)
	f.Add(key[:])
	f.Add(key[:23])
	f.Add(bytes.Repeat([]byte{0xff}, tickKeySize))
	f.Fuzz(func(t *testing.T, b []byte) {
		in, ts, seq, err := decodeTickKey(b)
		if err != nil {
			return
		}
		if again := makeTickKey(in, ts, seq); !bytes.Equal(again[:], b) {
			t.Errorf("%x decodes to %v %d %d, whose key is %x", b, in, ts, seq, again)
		}
	})
}
