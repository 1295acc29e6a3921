package stdio

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestReadNumberAsLuaJIT compares values, and what is left, with what LuaJIT answered to
// read("*n", "*a"). A line of testdata/numbers.txt holds the text, the value and the
// rest.
func TestReadNumberAsLuaJIT(t *testing.T) {
	recorded, err := os.ReadFile("testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(recorded)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		text, err := strconv.Unquote(fields[0])
		if err != nil {
			t.Fatal(line, err)
		}
		s := streamOf(t, text)
		f, ok, err := s.ReadNumber(caller{})
		value := "nil"
		switch {
		case ok && math.IsNaN(f):
			value = "nan"
		case ok:
			value = fmt.Sprintf("%.17g", f)
			value = strings.Replace(value, "Inf", "inf", 1)
			value = strings.TrimPrefix(value, "+")
		}
		rest, restErr := s.ReadAll(caller{})
		left := strconv.Quote(string(rest.Bytes))
		if err != nil || restErr != nil || value != fields[1] || left != fields[2] {
			t.Errorf("%s: %s and %s are left, not %s and %s (%v, %v)", fields[0], value, left, fields[1], fields[2], err, restErr)
		}
	}
}
