package importer

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"microts/internal/suggest"
	"microts/internal/tick"
)

// Options says what Import reads and how it makes ticks of it. The zero value finds
// everything out from the files.
type Options struct {
	// Files are paths, patterns such as "data/*.csv.gz", and "-", the standard input.
	Files []string `toml:"files"`

	// Preset names the Preset of the files. "" finds it by their columns.
	Preset string `toml:"preset"`

	// Map holds an expression for each field of a tick that is not made as the Preset
	// says. See Fields.
	Map map[string]string `toml:"map"`

	// CodeColumn is the column with the codes, the same as Map["code"] of its name.
	CodeColumn string `toml:"code_column"`

	// Code is the instrument of files that have no codes, such as "600519.SH".
	Code string `toml:"code"`

	// Market is the market, one character, of codes that do not tell theirs.
	Market string `toml:"market"`

	// Zone is the time zone of times that do not tell theirs. "" is that of the Preset.
	Zone string `toml:"tz"`

	// Seq is "auto", which numbers the ticks of one time and instrument in the order of
	// the files, or the name of the column with the seqs. "" is what the Preset says.
	Seq string `toml:"seq"`

	// Format is "csv", "json" or "parquet". "" finds it.
	Format string `toml:"format"`

	// Encoding is "utf-8", "gbk", "gb18030" or "utf-16". "" finds it.
	Encoding string `toml:"encoding"`

	// Delimiter separates the fields of CSV: one ASCII character, or "tab". "" finds
	// it.
	Delimiter string `toml:"delimiter"`

	// Header is "yes" or "no": whether the first line of CSV names the columns. ""
	// finds it.
	Header string `toml:"header"`

	// Cumulative says that the quantity is a total since the day began: the ticks get
	// the differences. See docs/import.md.
	Cumulative *bool `toml:"cumulative"`

	// Bad is the file that gets the bad rows, as CSV. "" is none.
	Bad string `toml:"bad"`

	// MaxBad is how many bad rows Import goes on after. nil is none or, with Bad, any
	// number.
	MaxBad *int `toml:"max_bad"`

	// Progress, unless it is nil, is called a few times a second.
	Progress func(Progress) `toml:"-"`

	// Stdin is what "-" reads. nil: nothing.
	Stdin io.Reader `toml:"-"`

	// Check, unless it is nil, says why no tick of an instrument may be written at a time,
	// which ends the import.
	Check func(in *tick.Instrument, ts int64) error `toml:"-"`

	// CreateBad creates the file of bad rows. nil is os.Create.
	CreateBad func(path string) (io.WriteCloser, error) `toml:"-"`

	tableRows int // tests: how many ticks a table has
}

// Fields are those of a tick that Options.Map makes.
var Fields = []string{"code", "market", "ts", "seq", "price", "qty", "side", "channel", "order_no", "tick_no", "raw", "day", "data_type"}

// An OptionError says what is wrong with an option.
type OptionError struct {
	Option string // as in import.toml
	What   string
}

func (e *OptionError) Error() string { return e.Option + ": " + e.What }

// Progress says how far an import is.
type Progress struct {
	Files, FilesDone int
	Bytes, BytesRead int64 // of the files as they are; Bytes is 0 if it is not known
	Rows, Bad        int64
	Elapsed          time.Duration
}

// Left returns about how long the import will go on; ok is false if that cannot be told.
func (p *Progress) Left() (left time.Duration, ok bool) {
	if p.Bytes == 0 || p.BytesRead <= 0 || p.Elapsed < time.Second {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) * float64(max(p.Bytes-p.BytesRead, 0)) / float64(p.BytesRead)), true
}

var (
	formats   = []string{"csv", "json", "parquet"}
	encodings = []string{"utf-8", "gbk", "gb18030", "utf-16"}
)

// settings are Options that were checked.
type settings struct {
	Options
	preset    *Preset // nil: found by the columns
	market    byte
	zone      *time.Location // nil: the preset's
	delimiter byte           // 0: found
	maxBad    int64          // -1: any number
	target    tick.Format    // of the database
}

// check checks the options.
func (o *Options) check() (*settings, error) {
	s := &settings{Options: *o}
	if len(o.Files) == 0 {
		return nil, &OptionError{"files", "at least one file expected"}
	}
	if o.Preset != "" {
		if s.preset = FindPreset(o.Preset); s.preset == nil {
			return nil, unknown("preset", o.Preset, presetNames())
		}
	}
	for _, field := range slices.Sorted(maps.Keys(o.Map)) {
		if !slices.Contains(Fields, field) {
			return nil, unknown("map", field, Fields)
		}
		if _, err := parseExpr(o.Map[field]); err != nil {
			return nil, &OptionError{"map " + field, err.Error()}
		}
	}
	var err error
	if s.market, err = parseMarket(o.Market); err != nil {
		return nil, err
	}
	if o.Code != "" {
		if _, err := nameOf(o.Code, "", s.market); err != nil {
			return nil, &OptionError{"code", err.Error()}
		}
	}
	if o.CodeColumn != "" && (o.Code != "" || o.Map["code"] != "") || o.Code != "" && o.Map["code"] != "" {
		return nil, &OptionError{"code", "one of code, code_column and the code of map expected"}
	}
	if o.Zone != "" {
		if s.zone, err = time.LoadLocation(o.Zone); err != nil {
			return nil, &OptionError{"tz", fmt.Sprintf("name of a time zone such as \"Asia/Shanghai\" or \"UTC\" expected, got %q", o.Zone)}
		}
	}
	if o.Seq != "" && o.Seq != "auto" && o.Map["seq"] != "" {
		return nil, &OptionError{"seq", "a column and the seq of map are two answers; give one"}
	}
	if o.Format != "" && !slices.Contains(formats, o.Format) {
		return nil, unknown("format", o.Format, formats)
	}
	if o.Encoding != "" && !slices.Contains(encodings, strings.ToLower(o.Encoding)) {
		return nil, unknown("encoding", o.Encoding, encodings)
	}
	s.Encoding = strings.ToLower(o.Encoding)
	switch d := o.Delimiter; {
	case d == "":
	case d == "tab" || d == "\\t":
		s.delimiter = '\t'
	case len(d) == 1 && d[0] < 0x80 && d[0] != '"' && d[0] != '\n' && d[0] != '\r':
		s.delimiter = d[0]
	default:
		return nil, &OptionError{"delimiter", fmt.Sprintf("one ASCII character or \"tab\" expected, got %q", d)}
	}
	if o.Header != "" && o.Header != "yes" && o.Header != "no" {
		return nil, &OptionError{"header", fmt.Sprintf("\"yes\" or \"no\" expected, got %q", o.Header)}
	}
	switch {
	case o.MaxBad != nil && *o.MaxBad < -1:
		return nil, &OptionError{"max_bad", fmt.Sprintf("a number from 0 on, or -1 for any number, expected, got %d", *o.MaxBad)}
	case o.MaxBad != nil:
		s.maxBad = int64(*o.MaxBad)
	case o.Bad != "":
		s.maxBad = -1
	}
	return s, nil
}

// unknown returns the error of an option's value that is not in known.
func unknown(option, value string, known []string) error {
	if near := suggest.Nearest(value, known); near != "" {
		return &OptionError{option, fmt.Sprintf("unknown %q; did you mean %q?", value, near)}
	}
	return &OptionError{option, fmt.Sprintf("unknown %q; there are %s", value, strings.Join(known, ", "))}
}

// location returns the zone of times that do not tell theirs.
func (s *settings) location(p *Preset) *time.Location {
	switch {
	case s.zone != nil:
		return s.zone
	case p.Zone == "UTC":
		return time.UTC
	}
	return tick.Shanghai
}
