package tick

import (
	"errors"
	"testing"
)

func mustParse(t *testing.T, market byte, code string) Instrument {
	t.Helper()
	in, err := ParseInstrument(market, code)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestCodes(t *testing.T) {
	for _, c := range []struct{ code, padded, shown string }{
		{"600000", "000600000", "600000"},
		{"000001", "000000001", "1"},
		{"0", "000000000", "0"},
		{"AAPL", "00000AAPL", "AAPL"},
		{"999999999", "999999999", "999999999"},
		{"600519.SH", "600519.SH", "600519.SH"},
	} {
		in := mustParse(t, 'S', c.code)
		if string(in[1:]) != c.padded || in.Code() != c.shown || in.Market() != 'S' {
			t.Errorf("code %q: %q, shown as %q", c.code, in[1:], in.Code())
		}
	}
	byNumber, err := NewInstrument('S', 600000)
	if err != nil || byNumber != mustParse(t, 'S', "600000") {
		t.Errorf("600000 by number is %v, %v", byNumber, err)
	}
}

func TestBadInstruments(t *testing.T) {
	for _, c := range []struct {
		market byte
		code   string
		name   string
	}{{'\x1f', "1", "market"}, {0x7f, "1", "market"}, {'S', "", "code"}, {'S', "1234567890", "code"}, {'S', "平安", "code"}, {'S', "a\n", "code"}} {
		_, err := ParseInstrument(c.market, c.code)
		if r := (*RangeError)(nil); !errors.As(err, &r) || r.Name != c.name {
			t.Errorf("%q %q: %v", c.market, c.code, err)
		}
	}
	for _, code := range []int64{-1, 1_000_000_000} {
		if _, err := NewInstrument('S', code); err == nil {
			t.Errorf("code %d was taken", code)
		}
	}
}
