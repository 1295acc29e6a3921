package tick

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestSymbols(t *testing.T) {
	for _, c := range []struct {
		symbol, instrument string // "" is an error
		canonical          string
	}{
		{"SH600519", "S:600519", "SH600519"},
		{"sh600519", "S:600519", "SH600519"},
		{"600519.SH", "S:600519", "SH600519"},
		{"SH.600519", "S:600519", "SH600519"},
		{"600519.SS", "S:600519", "SH600519"},
		{"600519.XSHG", "S:600519", "SH600519"},
		{"600519", "S:600519", "SH600519"},
		{"S:600519", "S:600519", "SH600519"},
		{"SZ000001", "S:000001", "SZ000001"},
		{"000001.SZ", "S:000001", "SZ000001"},
		{"000001.XSHE", "S:000001", "SZ000001"},
		{"SH000001", "S:SH000001", "SH000001"},
		{"000001.SH", "S:SH000001", "SH000001"},
		{"BJ430047", "S:430047", "BJ430047"},
		{"BJ920002", "S:BJ920002", "BJ920002"},
		{"HK00700", "H:00700", "HK00700"},
		{"HK.00700", "H:00700", "HK00700"},
		{"0700.HK", "H:00700", "HK00700"},
		{"HK.HSI", "H:HSI", "H:HSI"},
		{"US.AAPL", "U:AAPL", "US.AAPL"},
		{"AAPL.US", "U:AAPL", "US.AAPL"},
		{"US.BRK.A", "U:BRK.A", "US.BRK.A"},
		{"BRK.A", "X:BRK.A", "BRK.A"},
		{"rb2405", "X:rb2405", "rb2405"},
		{"BTCUSDT", "X:BTCUSDT", "BTCUSDT"},
		{"USDCNY", "X:USDCNY", "USDCNY"},
		{"S:10004231", "S:10004231", "S:10004231"},
		{"X:600519", "X:600519", "X:600519"},
		{"S:SH600519", "S:SH600519", "S:SH600519"},
		{"", "", ""},
		{"SH60051", "", ""},
		{"60051.SH", "", ""},
		{"SH.ABCDEF", "", ""},
		{"HK123456", "", ""},
		{"IF2403.CFFEX", "", ""},
		{"US.", "X:US.", "US."},
		{"a b", "", ""},
		{"贵州茅台", "", ""},
	} {
		in, err := ParseSymbol(c.symbol)
		if c.instrument == "" {
			if r := (*RangeError)(nil); !errors.As(err, &r) {
				t.Errorf("%q: %v, %v", c.symbol, in, err)
			}
			continue
		}
		if err != nil || in.String() != c.instrument {
			t.Errorf("%q is %v, not %s, %v", c.symbol, in, c.instrument, err)
		} else if got := SymbolOf(in); got != c.canonical {
			t.Errorf("%q comes back as %q, not %q", c.symbol, got, c.canonical)
		}
	}
}

// TestEverySymbolComesBack: no two instruments share a symbol.
func TestEverySymbolComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		market := rapid.SampledFrom([]byte("SHUXZ:")).Draw(t, "market")
		code := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,9}`),
			rapid.StringMatching(`(SH|SZ|BJ|HK|US|sh)[0-9.]{0,7}`),
			rapid.StringMatching(`[ -~]{1,9}`),
			rapid.StringMatching(`[0-9]{1,5}\.(SH|SS|HK|US)`),
		).Draw(t, "code")
		in, err := ParseInstrument(market, code)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseSymbol(SymbolOf(in)); err != nil || back != in {
			t.Fatalf("%q: symbol %q is %q, %v", in[:], SymbolOf(in), back[:], err)
		}
	})
}
