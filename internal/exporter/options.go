package exporter

import (
	"io"
	"time"

	"microts/internal/tablefile"
	"microts/internal/tick"
)

// Source is what ticks are exported from: a tick.Source that knows the names of its
// instruments.
type Source interface {
	tick.Source

	// Find returns the instrument of a name.
	Find(n tick.Name) (tick.Instrument, error)

	// Names returns the names of the instruments that have ticks; market, unless it is
	// 0, chooses those of one market.
	Names(market byte) ([]tick.Name, error)
}

// Options say what is exported, and where.
type Options struct {
	// File is the path of the file; "-" is Stdout. Its ending tells the format and the
	// compression: .csv, .parquet, .jsonl, and .csv.gz or .csv.zst.
	File   string
	Stdout io.Writer

	// Format, unless it is "", is the format instead of that of the ending: "csv",
	// "parquet" or "json".
	Format string

	// Names are the instruments, in the order in which they are written. If there are
	// none, all are written: of Market, unless that is 0.
	Names  []tick.Name
	Market byte

	// Range is the time of the ticks.
	Range tick.Range

	// Zone is that of times in CSV and JSON lines. Nil is Asia/Shanghai.
	Zone *time.Location

	// Progress, unless it is nil, is called now and then.
	Progress func(Progress)
}

// Progress is how far an export has come.
type Progress struct {
	Rows              int64
	Done, Instruments int
	Elapsed           time.Duration
}

// Report is what an export did.
type Report struct {
	Rows        int64
	Instruments int         // that had ticks
	Empty       []tick.Name // of Options.Names: those that had none
	Elapsed     time.Duration
}

// OptionError is an Option that is wrong.
type OptionError struct {
	Option string // as scripts write it: "file", "format"
	What   string
}

// Error implements error.
func (e *OptionError) Error() string { return e.Option + ": " + e.What }

// choose returns the format and the compression of the options.
func (o *Options) choose() (tablefile.Format, tablefile.Compression, error) {
	if o.Format != "" {
		if _, err := tablefile.ParseFormat(o.Format); err != nil {
			return "", "", &OptionError{"format", err.Error()}
		}
	}
	name := o.Format
	if name == "" && o.File == "-" {
		name = string(tablefile.CSV)
	}
	format, compression, err := tablefile.Choose(o.File, name)
	if err != nil {
		return "", "", &OptionError{"file", err.Error()}
	}
	return format, compression, nil
}
