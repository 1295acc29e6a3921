package source

import (
	"fmt"

	"microts/internal/tick"
	"microts/store"
)

// Reader is a tick.Source that knows the names of its instruments, as *store.DB does. Like
// every tick.Source it is for one goroutine at a time.
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

	// Path returns where the ticks are, as it was given to Open.
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
)

// Source is something open that ticks are read from. What it reads, it reads through the
// Reader; what can be written, is written to the database that DB returns.
type Source struct {
	Reader
	kind Kind
	db   *store.DB // or nil
}

// Of returns the Source of a database.
func Of(db *store.DB) *Source { return &Source{Reader: db, kind: Database, db: db} }

// New returns a Source that can only be read.
func New(r Reader, kind Kind) *Source { return &Source{Reader: r, kind: kind} }

// Kind returns what the Source is.
func (s *Source) Kind() Kind { return s.kind }

// DB returns the database that the Source writes to, or nil if it can only be read.
func (s *Source) DB() *store.DB { return s.db }

// Database returns the database, or an *OnlyReadError if there is none.
func (s *Source) Database() (*store.DB, error) {
	if s.db == nil {
		return nil, &OnlyReadError{s.kind, s.Path()}
	}
	return s.db, nil
}

// ScanColumns implements tick.ColumnSource.
func (s *Source) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	return tick.ScanColumns(s.Reader, in, o, set)
}

// IsDatabaseV1 says whether the Source is a database of format V1, which has symbols and
// no instruments.
func (s *Source) IsDatabaseV1() bool { return s.db != nil && s.db.Format() == tick.V1 }

// ReadOnly says whether nothing can be written.
func (s *Source) ReadOnly() bool { return s.db == nil || s.db.ReadOnly() }

// Snapshot returns a Source that reads what this one does now, whatever is written later.
func (s *Source) Snapshot() (*Source, error) {
	db, err := s.Database()
	if err != nil {
		return nil, err
	}
	if db, err = db.Snapshot(); err != nil {
		return nil, err
	}
	return Of(db), nil
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

// OnlyReadError is returned when something that only a database can do is asked of a
// Source that has none.
type OnlyReadError struct {
	Kind Kind
	Path string
}

func (e *OnlyReadError) Error() string {
	return fmt.Sprintf("%s %q can only be read, and only as ticks: this needs a database", e.Kind, e.Path)
}
