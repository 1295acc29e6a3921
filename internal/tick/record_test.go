package tick

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTickGolden(t *testing.T) {
	for _, c := range []struct {
		tick   Record
		record string
	}{
		{
			Record{Price: 105_000, Qty: 300, Channel: 6, Side: Sell, OrderNo: 1, TickNo: 1 << 63},
			"00019a28" + "0000012c" + "06" + "01" + "0000000000000001" + "8000000000000000",
		},
		{
			Record{Price: -1, Qty: 1<<32 - 1, Channel: 255, Side: NoSide, OrderNo: 1<<64 - 1},
			"ffffffff" + "ffffffff" + "ff" + "02" + "ffffffffffffffff" + "0000000000000000",
		},
	} {
		want := c.record + strings.Repeat("00", 24)
		if got := hex.EncodeToString(AppendRecord(nil, c.tick)); got != want {
			t.Errorf("record of %+v:\n got %s\nwant %s", c.tick, got, want)
		}
	}
}

func TestTickRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := Record{
			Price:   rapid.Int32().Draw(t, "price"),
			Qty:     rapid.Uint32().Draw(t, "qty"),
			Channel: rapid.Uint8().Draw(t, "channel"),
			Side:    Side(rapid.Uint8Range(0, 2).Draw(t, "side")),
			OrderNo: rapid.Uint64().Draw(t, "order_no"),
			TickNo:  rapid.Uint64().Draw(t, "tick_no"),
		}
		if got, err := DecodeRecord(AppendRecord(nil, tick)); err != nil || got != tick {
			t.Fatalf("%+v came back as %+v, %v", tick, got, err)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(AppendRecord(nil, Record{Price: 1, Side: Sell}))
	f.Add([]byte("101201"))
	f.Fuzz(func(t *testing.T, b []byte) {
		tick, err := DecodeRecord(b)
		if err == nil && !bytes.Equal(AppendRecord(nil, tick), b) {
			t.Errorf("%x decodes to %+v, whose record differs", b, tick)
		}
	})
}
