package luasyntax

import (
	"strings"
	"testing"
)

func TestCost(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int64
	}{
		{"", 0},
		{"local x = 1", 4 * 200},
		{"f(x) --[[" + strings.Repeat("x", 1000) + "]]", 4*200 + 200 + 1008},
		{"return {" + strings.Repeat("1,", 1000) + "}", (3 + 2*1000) * 200},
	} {
		if got := Cost([]byte(c.source)); got < c.want*9/10 || got > c.want*11/10 {
			t.Errorf("%.40q costs %d, not %d", c.source, got, c.want)
		}
	}
}
