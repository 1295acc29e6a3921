package luasyntax

import (
	"fmt"
	"math"
	"os/exec"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "-0"},
		{1, "1"},
		{-1, "-1"},
		{1023, "1023"},
		{1024, "1024"},
		{1_700_000_000_000_100, "1700000000000100"},
		{1 << 53, "9007199254740992"},
		{-(1 << 53), "-9007199254740992"},
		{0.1, "0.1"},
		{0.1 + 0.2, "0.3"},
		{1.0 / 3, "0.33333333333333"},
		{100.10, "100.1"},
		{-2.5, "-2.5"},
		{1e100, "1e+100"},
		{1e-5, "1e-05"},
		{10995174440960.04, "10995174440960"},
		{0.0001, "0.0001"},
		{123456789.123456789, "123456789.12346"},
		{99999999999999.9, "1e+14"},
		{math.MaxFloat64, "1.7976931348623e+308"},
		{5e-324, "4.9406564584125e-324"},
		{math.Inf(1), "inf"},
		{math.Inf(-1), "-inf"},
	} {
		if got := string(AppendNumber(nil, c.n)); got != c.want {
			t.Errorf("%v is shown as %s, not %s", c.n, got, c.want)
		}
	}
}

// TestNumbersAreFormattedAsCDoes compares with printf of the shell, whose %.14g
// is that of C.
func TestNumbersAreFormattedAsCDoes(t *testing.T) {
	printf, err := exec.LookPath("printf")
	if err != nil {
		t.Skip("no printf")
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Filter(func(f float64) bool { return f != math.Trunc(f) }).Draw(t, "f")
		// printf reads long doubles: give it the exact digits.
		want, err := exec.Command(printf, "%.14g", fmt.Sprintf("%.*f", 1100, f)).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendNumber(nil, f)); got != string(want) {
			t.Fatalf("%v is shown as %s, by C as %s", f, got, want)
		}
	})
}
