package source

import (
	"context"
	"errors"
	"fmt"

	"microts/internal/archive"
	"microts/internal/tick"
	"microts/store"
)

// Reader is a tick.Source that knows the names of its instruments, as *store.DB and
// *archive.Archive do. Like every tick.Source it is for one goroutine at a time.
type Reader interface {
	tick.Source

	// Find returns the instrument of a name. If the Reader does not know the name, it
	// has no ticks of the instrument.
	Find(n tick.Name) (tick.Instrument, error)

	// Name returns the name of an instrument that Instruments returned.
	Name(in *tick.Instrument) (tick.Name, error)

	// Names returns the names of the instruments that have ticks, in the order of
	// tick.Name.Compare; market, unless it is 0, chooses those of one market.
	Names(market byte) ([]tick.Name, error)

	// SetInterrupt sets a function that long operations call every few ms, in the
	// goroutine of the Reader. When it returns an error, they end with that error.
	SetInterrupt(interrupt func() error)

	// Path returns where the ticks are: the path of a folder, or a URL without secrets.
	Path() string

	// Closed says whether Close was called.
	Closed() bool

	// Close frees what the Reader holds. Closing twice is no error.
	Close() error
}

// Kind is what a Source is, as errors call it.
type Kind string

// The kinds of Sources.
const (
	Database Kind = "database"
	Archive  Kind = "archive"
	Both     Kind = "database with an archive"
)

// Source is something open that ticks are read from. What it reads, it reads through the
// Reader; what is written, is written to the database that DB returns.
type Source struct {
	Reader
	kind Kind

	db      *store.DB        // nil: an archive
	archive *archive.Archive // nil: a database
	union   *archive.Union   // nil: one side only

	options Options // with which it was opened
	// open opens the archive again, for another Source.
	open archiveOpener
}

// archiveOpener opens an archive with some pins.
type archiveOpener func(context.Context, archive.Pins) (*archive.Archive, error)

// Of returns the Source of a database.
func Of(db *store.DB) *Source { return &Source{Reader: db, kind: Database, db: db} }

// New returns a Source that can only be read.
func New(r Reader, kind Kind) *Source { return &Source{Reader: r, kind: kind} }

// Options returns the options with which Env.Open opened the Source.
func (s *Source) Options() *Options {
	o := s.options
	return &o
}

// Kind returns what the Source is.
func (s *Source) Kind() Kind { return s.kind }

// DB returns the database, or nil if there is none. What is written to it, is first asked
// for with CheckPut or CheckRange.
func (s *Source) DB() *store.DB { return s.db }

// Database returns the database, or an *OnlyReadError if there is none.
func (s *Source) Database() (*store.DB, error) {
	if s.db == nil {
		return nil, &OnlyReadError{s.kind, s.Path()}
	}
	return s.db, nil
}

// Archive returns the archive, or nil if there is none. It is for the goroutine of the
// Source, which closes it.
func (s *Source) Archive() *archive.Archive { return s.archive }

// CheckPut returns an *archive.SealedError if a tick of an instrument may not be written
// because its day is sealed. It takes a few ns.
func (s *Source) CheckPut(in *tick.Instrument, ts int64) error {
	if s.union == nil {
		return nil
	}
	return s.union.CheckPut(in, ts)
}

// CheckRows is CheckPut for some rows of an instrument.
func (s *Source) CheckRows(in *tick.Instrument, rows []tick.Row) error {
	if s.union == nil {
		return nil
	}
	for i := range rows {
		if err := s.union.CheckPut(in, rows[i].Time); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}

// CheckRange is CheckPut for all times of a range, of a market.
func (s *Source) CheckRange(market byte, r tick.Range) error {
	if s.union == nil {
		return nil
	}
	return s.union.CheckRange(market, r)
}

// ScanColumns implements tick.ColumnSource.
func (s *Source) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	return tick.ScanColumns(s.Reader, in, o, set)
}

// PointSeries returns the series of the points that are no ticks, as store.DB.PointSeries
// does. They are in the database, never in an archive.
func (s *Source) PointSeries(market byte) ([]tick.PointSeries, error) {
	if s.db == nil {
		return nil, nil
	}
	return s.db.PointSeries(market)
}

// IsDatabaseV1 says whether the Source is a database of format V1, which has symbols and
// no instruments.
func (s *Source) IsDatabaseV1() bool { return s.db != nil && s.db.Format() == tick.V1 }

// ReadOnly says whether nothing can be written.
func (s *Source) ReadOnly() bool { return s.db == nil || s.db.ReadOnly() }

// Snapshot returns a Source that reads what this one does now, whatever is written or
// sealed later. ctx is for Snapshot alone.
func (s *Source) Snapshot(ctx context.Context) (*Source, error) {
	if s.archive == nil {
		db, err := s.Database()
		if err == nil {
			db, err = db.Snapshot()
		}
		if err != nil {
			return nil, err
		}
		return Of(db), nil
	}
	pins, err := s.archive.Pins()
	if err != nil {
		return nil, err
	}
	a, err := s.open(ctx, pins)
	if err != nil {
		return nil, err
	}
	if s.db == nil {
		return ofArchive(a, s.open), nil
	}
	db, err := s.db.Snapshot()
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return ofBoth(db, a, s.open), nil
}

// Refresh makes the Source see the days that were sealed since it was opened.
func (s *Source) Refresh() error {
	if s.archive == nil {
		return nil
	}
	return s.archive.Refresh()
}

// State returns "closed", "snapshot", "read-only" or "open".
func (s *Source) State() string {
	switch {
	case s.Closed():
		return "closed"
	case s.db != nil && s.db.IsSnapshot():
		return "snapshot"
	case s.ReadOnly():
		return "read-only"
	}
	return "open"
}

// both is the Reader of a database with an archive.
type both struct {
	*archive.Union
	db      *store.DB
	archive *archive.Archive
}

func (b *both) SetInterrupt(interrupt func() error) {
	b.db.SetInterrupt(interrupt)
	b.Union.SetInterrupt(interrupt)
}

func (b *both) Path() string { return b.db.Path() }
func (b *both) Closed() bool { return b.db.Closed() }
func (b *both) Close() error { return errors.Join(b.archive.Close(), b.db.Close()) }
