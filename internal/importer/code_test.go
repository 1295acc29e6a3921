package importer

import (
	"strings"
	"testing"

	"microts/internal/tick"
)

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		code, market string
		preset       byte
		want         tick.Name
	}{
		{"000001.SZ", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"SZ000001", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"sz.000001", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"000001.XSHE", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"000001.SZSE", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"SZSE.000001", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"000001", "", 0, tick.Name{Market: 'S', Code: "1"}},
		{"600519", "", 0, tick.Name{Market: 'S', Code: "600519"}},
		{"600519.SSE", "", 0, tick.Name{Market: 'S', Code: "600519"}},
		{"SHSE.600519", "", 0, tick.Name{Market: 'S', Code: "600519"}},
		{"600519.XSHG", "", 'S', tick.Name{Market: 'S', Code: "600519"}},
		{"000001.SH", "", 0, tick.Name{Market: 'S', Code: "SH000001"}},
		{"1", "", 'S', tick.Name{Market: 'S', Code: "1"}},
		{"1", "SZ", 0, tick.Name{Market: 'S', Code: "1"}},
		{"1", "深圳", 0, tick.Name{Market: 'S', Code: "1"}},
		{"000001", "XSHG", 0, tick.Name{Market: 'S', Code: "SH000001"}},
		{"600000.SH", "SSE", 0, tick.Name{Market: 'S', Code: "600000"}},
		{"00700.HK", "", 0, tick.Name{Market: 'H', Code: "700"}},
		{"700.SEHK", "", 0, tick.Name{Market: 'H', Code: "700"}},
		{"00700", "", 'H', tick.Name{Market: 'H', Code: "700"}},
		{"AAPL.NASDAQ", "", 0, tick.Name{Market: 'U', Code: "AAPL"}},
		{"rb2405.SHFE", "", 0, tick.Name{Market: 'X', Code: "rb2405.SHFE"}},
		{"rb2405", "SHFE", 0, tick.Name{Market: 'X', Code: "rb2405.SHFE"}},
		{"rb2405", "SHFE", 'F', tick.Name{Market: 'F', Code: "rb2405.SHFE"}},
		{"rb2405", "", 'F', tick.Name{Market: 'F', Code: "rb2405"}},
		{"BTCUSDT", "", 0, tick.Name{Market: 'X', Code: "BTCUSDT"}},
		{"600519", "X", 0, tick.Name{Market: 'X', Code: "600519"}},
		{"000001", "S", 0, tick.Name{Market: 'S', Code: "1"}},
		{"SH000001", "S", 0, tick.Name{Market: 'S', Code: "SH000001"}},
		{"Q:BRK.A", "", 0, tick.Name{Market: 'Q', Code: "BRK.A"}},
		{"600519", "", 'F', tick.Name{Market: 'F', Code: "600519"}},
	} {
		if got, err := nameOf(c.code, c.market, c.preset); err != nil || got != c.want {
			t.Errorf("%q of %q, preset %q, is %v (%v) and not %v", c.code, c.market, c.preset, got, err, c.want)
		}
	}
	for _, c := range []struct {
		code, market string
		preset       byte
		err          string
	}{
		{"700", "", 0, `"700": which market?`},
		{"00700", "", 0, `"00700": which market?`},
		{"600519.HK", "", 0, "at most five digits with HK expected"},
		{"60051.SH.SH", "", 0, "six digits with SH expected"},
		{"600519.SH", "", 'H', `an instrument of market H expected, got "600519.SH", which is of market S`},
		{"a b", "", 0, "without spaces expected"},
		{strings.Repeat("x", 65), "", 0, "a code of 1 to 64 bytes expected"},
	} {
		if got, err := nameOf(c.code, c.market, c.preset); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q of %q is %v (%v); error %q expected", c.code, c.market, got, err, c.err)
		}
	}
}

// FuzzCodes: no code panics, and each name is one.
func FuzzCodes(f *testing.F) {
	f.Add("000001.SZ", "", byte(0))
	f.Add("SHSE.600519", "X", byte('S'))
	f.Add("rb2405", "SHFE", byte('F'))
	f.Fuzz(func(t *testing.T, code, market string, preset byte) {
		n, err := nameOf(code, market, preset)
		if err != nil {
			return
		}
		if again, err := tick.NewName(n.Market, n.Code); err != nil || again != n {
			t.Errorf("%q of %q is %v, which is %v (%v)", code, market, n, again, err)
		}
	})
}
