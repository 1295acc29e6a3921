package tablefile

import (
	"fmt"
	"path/filepath"
	"strings"

	"microts/internal/suggest"
)

// Format is a format of tables.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
	JSON    Format = "json" // lines of JSON objects
)

// Formats are all formats.
var Formats = []string{string(CSV), string(Parquet), string(JSON)}

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats {
		if name == f {
			return Format(f), nil
		}
	}
	hint := ""
	if near := suggest.Nearest(name, Formats); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return "", fmt.Errorf("csv, parquet or json expected, got %q%s", name, hint)
}

// Compression is how a file is compressed.
type Compression string

// The compressions.
const (
	Plain Compression = ""
	Gzip  Compression = "gzip"
	Zstd  Compression = "zstd"
)

// endings of files, without those of the compression.
var endings = map[string]Format{".csv": CSV, ".parquet": Parquet, ".pq": Parquet, ".json": JSON, ".jsonl": JSON, ".ndjson": JSON}

// OfPath returns the format and the compression that the ending of a path says, such as
// ticks.csv.gz. The format is "" if the ending says none.
func OfPath(path string) (Format, Compression) {
	ending, compression := strings.ToLower(filepath.Ext(path)), Plain
	switch ending {
	case ".gz":
		compression = Gzip
	case ".zst":
		compression = Zstd
	default:
		return endings[ending], Plain
	}
	return endings[strings.ToLower(filepath.Ext(path[:len(path)-len(ending)]))], compression
}
