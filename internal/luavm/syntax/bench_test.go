package syntax

import (
	"strings"
	"testing"
)

// BenchmarkData parses a data file of 100,000 rows.
func BenchmarkData(b *testing.B) {
	source := []byte("return {\n" + strings.Repeat("{1,2.5,\"x\",key=\"v\"},\n", 100_000) + "}")
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(source, "x"); err != nil {
			b.Fatal(err)
		}
	}
}
