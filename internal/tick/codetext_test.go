package tick

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCodesAreText(t *testing.T) {
	for _, c := range []struct {
		market       byte
		code         string // as a user writes it
		text, symbol string
	}{
		{'S', "1", "000001", "000001.SZ"},
		{'S', "000001", "000001", "000001.SZ"},
		{'S', "000001.SZ", "000001", "000001.SZ"},
		{'S', "000001.XSHE", "000001", "000001.SZ"},
		{'S', "600519", "600519", "600519.SH"},
		{'S', "SH600519", "600519", "600519.SH"},
		{'S', "sh600519", "600519", "600519.SH"},
		{'S', "600519.SH", "600519", "600519.SH"},
		{'S', "SH.600519", "600519", "600519.SH"},
		{'S', "920002", "920002", "920002.SH"},
		{'S', "430047", "430047", "430047.BJ"},
		{'S', "SH000001", "SH000001", "000001.SH"},
		{'S', "000001.SH", "SH000001", "000001.SH"},
		{'S', "1234567", "1234567", "S:1234567"},
		{'S', "SH60051", "SH60051", "S:SH60051"},
		{'S', "HK00700", "HK00700", "S:HK00700"},
		{'H', "700", "00700", "00700.HK"},
		{'H', "00700.HK", "00700", "00700.HK"},
		{'H', "HK00700", "00700", "00700.HK"},
		{'H', "600519.SH", "600519.SH", "600519.SH.HK"},
		{'U', "AAPL", "AAPL", "AAPL.US"},
		{'U', "AAPL.US", "AAPL", "AAPL.US"},
		{'U', "US.AAPL", "AAPL", "AAPL.US"},
		{'S', "S:SH600519", "S:SH600519", "S:SH600519"},
		{'X', "rb2405", "rb2405", "rb2405"},
		{'X', "rb2405.SHFE", "rb2405.SHFE", "rb2405.SHFE"},
		{'Q', "0007", "7", "Q:7"},
	} {
		n, err := NewName(c.market, c.code)
		if err != nil {
			t.Fatal(err)
		}
		if n.CodeText() != c.text || n.FullSymbol() != c.symbol {
			t.Errorf("%c %s: %q and %q, not %q and %q", c.market, c.code, n.CodeText(), n.FullSymbol(), c.text, c.symbol)
		}
	}
}

// TestCodesComeBack: the text of a code and its full symbol are read as the same name.
func TestCodesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		market := rapid.SampledFrom([]byte("SHUXQ")).Draw(t, "market")
		code := rapid.StringMatching(`(SH|SZ|HK|US)?[0-9]{1,7}(\.(SH|SZ|BJ|HK|US))?|[A-Z.]{1,12}`).Draw(t, "code")
		n, err := NewName(market, code)
		if err != nil {
			t.Skip()
		}
		if back, err := NewName(market, n.CodeText()); err != nil || back != n {
			t.Errorf("the text of %v, %q, is read as %v (%v)", n, n.CodeText(), back, err)
		}
		if back, err := ParseName(n.FullSymbol()); err != nil || back != n {
			t.Errorf("the symbol of %v, %q, is read as %v (%v)", n, n.FullSymbol(), back, err)
		}
		literal, err := ParseName(string(market) + ":" + code)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := NewName(market, literal.CodeText()); err != nil || back != literal {
			t.Errorf("the text of %v, %q, is read as %v (%v)", literal, literal.CodeText(), back, err)
		}
	})
}
