package repl

import (
	"fmt"
	"strings"
	"testing"
)

// TestPager pages ten lines on a screen of five rows.
func TestPager(t *testing.T) {
	var lines []string
	for i := range 10 {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	for _, c := range []struct {
		keys []string
		want int // lines that are shown
	}{
		{nil, 4},
		{[]string{"q"}, 4},
		{[]string{"\x03"}, 4},
		{[]string{"\x1b"}, 4},
		{[]string{"x", "q"}, 4},
		{[]string{" ", "q"}, 8},
		{[]string{"\x1b[6~", " "}, 10},
		{[]string{"\r", "\x1b[B", "q"}, 6},
		{[]string{"a"}, 10},
	} {
		var shown strings.Builder
		p := pager{count: len(lines), line: func(i int) string { return lines[i] }, width: 80, height: 5, write: func(s string) { shown.WriteString(s) }}
		keys := c.keys
		p.run(func() string {
			if len(keys) == 0 {
				return ""
			}
			key := keys[0]
			keys = keys[1:]
			return key
		})
		if n := strings.Count(shown.String(), "line "); n != c.want || p.next != c.want {
			t.Errorf("%q: %d lines: %q", c.keys, n, shown.String())
		}
		if len(keys) > 0 {
			t.Errorf("%q: %q are left", c.keys, keys)
		}
		if !strings.HasSuffix(shown.String(), "\r\n") && !strings.HasSuffix(shown.String(), "\x1b[K") {
			t.Errorf("%q: the prompt stays: %q", c.keys, shown.String())
		}
	}
}

// TestPagerCountsRows: a line that is wider than the screen takes several rows, and one
// that is higher than the screen is shown all the same.
func TestPagerCountsRows(t *testing.T) {
	var shown strings.Builder
	lines := []string{"1234567890", "価格価格価格", "x", strings.Repeat("y", 100)}
	p := pager{count: len(lines), line: func(i int) string { return lines[i] }, width: 10, height: 5, write: func(s string) { shown.WriteString(s) }}
	next := []int{}
	p.run(func() string {
		next = append(next, p.next)
		return " "
	})
	if got := fmt.Sprint(next); got != "[3]" {
		t.Errorf("%s: %q", got, shown.String())
	}
	if got := screenRows("\x1b[31m1234567890\x1b[0m\n12345678901\n\n", 10); got != 4 {
		t.Error(got)
	}
}
