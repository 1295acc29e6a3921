package tick

import (
	"cmp"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("x", MaxCode)
	for _, c := range []struct {
		market byte
		code   string
		want   string // as String returns it; "": an error
		isLong bool
	}{
		{'S', "600000", "S:600000", false},
		{'S', "000600000", "S:600000", false},
		{'S', "000000600000", "S:600000", false},
		{'S', "000000000000", "S:000000", false},
		{'S', "1234567890", "S:1234567890", true},
		{'S', "01234567890", "S:01234567890", true},
		{'X', "rb2405", "X:rb2405", false},
		{'X', "rb2405.SH", "X:rb2405.SH", false},
		{'X', "rb2405.SHFE", "X:rb2405.SHFE", true},
		{'X', "m2405-C-3000", "X:m2405-C-3000", true},
		{'X', "沪铜2405", "X:沪铜2405", true},
		{'X', "铜", "X:铜", true},
		{'X', "a long code", "X:a long code", true},
		{'X', long, "X:" + long, true},
		{'X', long + "x", "", false},
		{'X', "0" + long, "", false},
		{'X', "", "", false},
		{'X', "a\nlonger code", "", false},
		{'X', "\xff\x00\x00\x00\x00\x00\x00\x00\x01", "", false},
		{'X', "\xbb\xa6\xcd\xad2405", "", false}, // GBK
		{0, "1", "", false},
		{0xff, "1", "", false},
	} {
		n, err := NewName(c.market, c.code)
		if c.want == "" {
			if r := (*RangeError)(nil); !errors.As(err, &r) {
				t.Errorf("%q %q: %v, %v", c.market, c.code, n, err)
			}
			continue
		}
		in, ok := n.Instrument()
		if err != nil || n.String() != c.want || n.IsLong() != c.isLong || ok == c.isLong {
			t.Errorf("%q %q: %v, long: %v, %v, not %s", c.market, c.code, n, n.IsLong(), err, c.want)
		}
		if ok && in.String() != c.want {
			t.Errorf("%q %q: %v", c.market, c.code, in)
		}
	}
}

func TestSymbolsOfLongCodes(t *testing.T) {
	for _, c := range []struct{ symbol, name, canonical string }{ // "" is an error
		{"rb2405.SHFE", "X:rb2405.SHFE", "rb2405.SHFE"},
		{"X:rb2405.SHFE", "X:rb2405.SHFE", "rb2405.SHFE"},
		{"m2405-C-3000", "X:m2405-C-3000", "m2405-C-3000"},
		{"IF2403.CFFEX", "X:IF2403.CFFEX", "IF2403.CFFEX"},
		{"AAPL240621C00195000.US", "U:AAPL240621C00195000", "US.AAPL240621C00195000"},
		{"HK.TCH240328C300", "H:TCH240328C300", "H:TCH240328C300"},
		{"S:510050C2403M02500", "S:510050C2403M02500", "S:510050C2403M02500"},
		{"贵州茅台", "X:贵州茅台", "贵州茅台"},
		{"X:a long code", "X:a long code", "X:a long code"},
		{"X:1234567890.SH", "X:1234567890.SH", "X:1234567890.SH"},
		{"a long code", "", ""},
		{"1234567890.SH", "", ""},
		{strings.Repeat("x", MaxCode+1), "", ""},
	} {
		n, err := ParseName(c.symbol)
		if c.name == "" {
			if r := (*RangeError)(nil); !errors.As(err, &r) {
				t.Errorf("%q: %v, %v", c.symbol, n, err)
			}
			continue
		}
		if err != nil || n.String() != c.name || n.Symbol() != c.canonical {
			t.Errorf("%q is %v with the symbol %s, %v", c.symbol, n, n.Symbol(), err)
		}
	}
}

func drawName(t *rapid.T, label string) Name {
	code := rapid.OneOf(
		rapid.StringMatching(`0{0,4}[0-9]{1,12}`),
		rapid.StringMatching(`(SH|SZ|BJ|HK|US|sh)[0-9.]{0,12}`),
		rapid.StringMatching(`[ -~]{1,64}`),
		rapid.StringMatching(`[沪铜é]{1,4}[0-9]{0,6}`),
		rapid.StringMatching(`[0-9]{1,12}\.(SH|SS|HK|US|SHFE)`),
	).Draw(t, label)
	n, err := NewName(rapid.SampledFrom([]byte("SHUXZ:")).Draw(t, label+" market"), code)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEveryNameComesBack: no two names share a symbol, and each is of one form.
func TestEveryNameComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawName(t, "name")
		if back, err := ParseName(n.Symbol()); err != nil || back != n {
			t.Fatalf("%v: symbol %q is %v, %v", n, n.Symbol(), back, err)
		}
		if back, err := NewName(n.Market, n.Code); err != nil || back != n {
			t.Fatalf("%v made again is %v, %v", n, back, err)
		}
		if in, ok := n.Instrument(); ok {
			if SymbolOf(in) != n.Symbol() || in.Code() != n.Code || in.IsStandIn() {
				t.Fatalf("%v: %v", n, in)
			}
		}
	})
}

func TestNamesHaveAnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawName(t, "a"), drawName(t, "b"), drawName(t, "c")
		if (a.Compare(b) == 0) != (a == b) || cmp.Compare(a.Compare(b), 0) != -cmp.Compare(b.Compare(a), 0) {
			t.Fatalf("%v and %v: %d, %d", a, b, a.Compare(b), b.Compare(a))
		}
		all := []Name{a, b, c}
		slices.SortFunc(all, Name.Compare)
		if all[0].Compare(all[2]) > 0 {
			t.Fatalf("%v", all)
		}
	})
}

// TestStandInGolden has the first bytes of `printf rb2405.SHFE | sha256sum`.
func TestStandInGolden(t *testing.T) {
	for code, want := range map[string]string{
		"rb2405.SHFE":  "58ff05dd31c4933aed44",
		"m2405-C-3000": "58ffee7119fa34f68a33",
		"沪铜2405":       "58ffce6c36867dbb8c31",
	} {
		in := StandIn('X', NumberOf(code))
		if got := hex.EncodeToString(in[:]); got != want {
			t.Errorf("%s: %s, not %s", code, got, want)
		}
		shown := "unnamed-" + want[4:]
		if !in.IsStandIn() || in.Code() != shown || in.String() != "X:"+shown {
			t.Errorf("%s is shown as %v", code, in)
		}
		if number, ok := ParseUnnamed(shown); !ok || number != in.Number() {
			t.Errorf("%s is read as %x, %v", shown, number, ok)
		}
	}
	for _, code := range []string{"unnamed-", "unnamed-5dd31c4933aed44", "unnamed-05DD31C4933AED44", "unnamed-+5dd31c4933aed44", "x"} {
		if number, ok := ParseUnnamed(code); ok {
			t.Errorf("%s is read as %x", code, number)
		}
	}
}
