package repl

import (
	"strings"
	"testing"
)

func TestPlot(t *testing.T) {
	r, buf := newREPL(t)
	for _, c := range []struct{ text, want string }{
		{"plot{1, 2, 3}", "3.0000 ┤"},
		{"plot{{price = 1}, {price = 2}}", "2.0000 ┤"},
		{"plot{{value = 1}, {value = 2}}", "1.0000 ┼"},
		{"plot{{open = 1, high = 4, low = 0, close = 3}, {open = 3, high = 3, low = 1, close = 2}}", " 2.8 ┤┃█"},
		{"plot{}", "array of numbers, of points or of bars expected, got table"},
		{"plot{{}, 1}", "row 1: a field price, value or close expected"},
		{"plot{0/0}", "no row is a number that can be drawn"},
		{"plot{0/0, 1, 2}", "2.0000 ┤"},
		{"plot{1e308, -1e308}", "row 1: number from -1e+300 to 1e+300 expected, got 1e+308"},
		{"plot{1, -math.huge}", "row 2: number from -1e+300 to 1e+300 expected, got -Inf"},
		{"plot{1e300, -1e300}", "┤"},
		{"plot{{price = 1}, {price = 0/0}}", "row 2: a field price, value or close expected"},
		{"plot{{open = 1, high = 1e308, low = -1e308, close = 3}}", "3.0000"},
		{"plot{'x'}", "row 1: number or table expected, got string"},
	} {
		if got := typed(r, buf, c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nlacks %s", c.text, got, c.want)
		}
	}
}
