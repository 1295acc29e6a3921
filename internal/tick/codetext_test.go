package tick

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCodeText(t *testing.T) {
	for name, want := range map[Name]string{
		{'S', "1"}:            "000001",
		{'S', "0"}:            "000000",
		{'S', "600519"}:       "600519",
		{'S', "1234567"}:      "1234567",
		{'S', "SH000001"}:     "SH000001",
		{'H', "700"}:          "00700",
		{'H', "123456"}:       "123456",
		{'U', "1"}:            "1",
		{'X', "rb2405.SHFE"}:  "rb2405.SHFE",
		{'S', "1.5"}:          "1.5",
		{'S', "沪铜2405"}:       "沪铜2405",
		{'S', "000000000rb2"}: "000000000rb2",
	} {
		if got := name.CodeText(); got != want {
			t.Errorf("%v: %q, %q expected", name, got, want)
		}
	}
}

func TestCodeTextNamesTheInstrument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		market := rapid.SampledFrom([]byte("SHUX")).Draw(t, "market")
		code := rapid.OneOf(rapid.StringMatching(`[0-9]{1,12}`), rapid.StringMatching(`[ -~]{1,12}`), rapid.StringMatching(`0{0,9}[沪铜a-z]{1,5}`)).Draw(t, "code")
		name, err := NewName(market, code)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := NewName(market, name.CodeText()); err != nil || back != name {
			t.Errorf("%v became %q, which names %v, %v", name, name.CodeText(), back, err)
		}
	})
}
