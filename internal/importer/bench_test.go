package importer

import (
	"context"
	"os"
	"testing"
)

// BenchmarkFile imports the file that MICROTS_IMPORT names.
func BenchmarkFile(b *testing.B) {
	path := os.Getenv("MICROTS_IMPORT")
	if path == "" {
		b.Skip("MICROTS_IMPORT names no file")
	}
	rows := int64(0)
	for range b.N {
		r, err := Import(context.Background(), openDB(b), Options{Files: []string{path}})
		if err != nil {
			b.Fatal(err)
		}
		rows += r.Rows
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
