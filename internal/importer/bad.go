package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// BadRow is a row of which no tick can be made.
type BadRow struct {
	File   string
	Line   int64  // of the file, from 1; of Parquet: the row
	Reason string // such as "price: a number expected, got \"abc\""
	Row    string
}

func (b *BadRow) String() string { return fmt.Sprintf("%s:%d: %s", b.File, b.Line, b.Reason) }

// A TooManyBadError is returned when an import ends since too many rows are bad.
type TooManyBadError struct {
	Rows  []BadRow // the first
	Count int64
}

func (e *TooManyBadError) Error() string {
	return e.List() + "\nthe import ended: max_bad allows more bad rows, bad names a file that gets all of them"
}

// List returns the first bad rows, and how many more there are in the same block.
func (e *TooManyBadError) List() string {
	lines := make([]string, len(e.Rows))
	for i := range e.Rows {
		lines[i] = e.Rows[i].String()
	}
	if more := e.Count - int64(len(e.Rows)); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// shownBad is how many bad rows a report and an error show.
const shownBad = 5

// badRows collects the bad rows of an import.
type badRows struct {
	most  int64 // -1: any number
	count int64
	first []BadRow
	file  io.WriteCloser // nil: none
	csv   *csv.Writer
}

func newBadRows(s *settings) (*badRows, error) {
	b := &badRows{most: s.maxBad}
	if s.Bad == "" {
		return b, nil
	}
	create := s.CreateBad
	if create == nil {
		create = func(path string) (io.WriteCloser, error) { return os.Create(path) }
	}
	f, err := create(s.Bad)
	if err != nil {
		return nil, fmt.Errorf("create the file of bad rows: %w", err)
	}
	b.file, b.csv = f, csv.NewWriter(f)
	_ = b.csv.Write([]string{"file", "line", "reason", "row"}) // Flush tells the error
	return b, nil
}

// add notes the bad rows of a batch.
func (b *badRows) add(file string, rows []BadRow) error {
	for i := range rows {
		r := &rows[i]
		r.File = file
		b.count++
		if len(b.first) < shownBad {
			b.first = append(b.first, *r)
		}
		if b.csv != nil {
			_ = b.csv.Write([]string{r.File, strconv.FormatInt(r.Line, 10), r.Reason, r.Row})
		}
	}
	if b.most >= 0 && b.count > b.most {
		return &TooManyBadError{Rows: b.first, Count: b.count}
	}
	return nil
}

func (b *badRows) close() error {
	if b.file == nil {
		return nil
	}
	b.csv.Flush()
	if err := errors.Join(b.csv.Error(), b.file.Close()); err != nil {
		return fmt.Errorf("write the bad rows: %w", err)
	}
	return nil
}
