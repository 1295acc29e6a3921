package tablefile

import (
	"errors"
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

// Choose returns the format and the compression of a file: the format of a name, or that of
// the path's ending if the name is "".
func Choose(path, name string) (Format, Compression, error) {
	if path == "" {
		return "", "", errors.New(`path of a file expected, got ""`)
	}
	format, compression := OfPath(path)
	if name != "" {
		var err error
		if format, err = ParseFormat(name); err != nil {
			return "", "", fmt.Errorf("format: %w", err)
		}
	}
	switch {
	case format == "":
		return "", "", fmt.Errorf(".csv, .parquet or .jsonl at the end expected, and perhaps .gz or .zst, got %q; or give a format", path)
	case format == Parquet && compression != Plain:
		return "", "", fmt.Errorf("%q: Parquet is compressed inside; .parquet expected at the end", path)
	}
	return format, compression, nil
}
