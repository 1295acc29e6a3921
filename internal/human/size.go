package human

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// MiB shows a number of bytes in whole MiB: "512 MiB".
func MiB(bytes int64) string { return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20)) }

// sizeUnits are the units that ParseSize knows, in lower case.
var sizeUnits = []struct {
	names []string
	bytes float64
}{
	{[]string{"", "b"}, 1},
	{[]string{"k", "kb", "kib"}, 1 << 10},
	{[]string{"m", "mb", "mib"}, 1 << 20},
	{[]string{"g", "gb", "gib"}, 1 << 30},
	{[]string{"t", "tb", "tib"}, 1 << 40},
}

// ParseSize reads a size such as "512MB", "2GiB" or "1048576" and returns it in
// bytes, from 1 to 2^62 - 1. A KB is 1024 bytes, like a KiB; case does not matter.
func ParseSize(text string) (int64, error) {
	text = strings.TrimSpace(text)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(text[len(number):]))
	n, err := strconv.ParseFloat(number, 64)
	for _, u := range sizeUnits {
		if bytes := n * u.bytes; slices.Contains(u.names, unit) && err == nil && 1 <= bytes && bytes < 1<<62 {
			return int64(bytes), nil
		}
	}
	return 0, fmt.Errorf("a size such as 512MB or 2GiB expected, got %q", text)
}
