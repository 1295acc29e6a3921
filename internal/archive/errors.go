package archive

import (
	"errors"
	"fmt"
)

// ErrClosed is returned when an Archive is used after its Close, or after that of its Env.
var ErrClosed = errors.New("archive is closed")

// NoArchiveError is returned by Open when a store has no archive.
type NoArchiveError struct{ URL string }

func (e *NoArchiveError) Error() string {
	return fmt.Sprintf("%s holds no archive (no %s): the first seal makes it", e.URL, headerKey)
}

// FormatError is returned when an archive is none that this version of microts can read.
type FormatError struct {
	URL   string
	Found string // what the archive is
	Hint  string // what to do about it
}

func (e *FormatError) Error() string { return fmt.Sprintf("%s: %s: %s", e.URL, e.Found, e.Hint) }

// DayError is returned when a text is no date, or names no day.
type DayError struct{ Text string }

func (e *DayError) Error() string {
	return fmt.Sprintf("date: a date such as 2026-11-24 expected, got %q", e.Text)
}

// NotOverError is returned by Seal for a day that is not over by the clock of the store.
type NotOverError struct {
	Day string // as in "S/2026-11-24"
	End string // when it ends
}

func (e *NotOverError) Error() string {
	return fmt.Sprintf("%s is not over before %s: only whole days are sealed", e.Day, e.End)
}

// ConflictError is returned by Seal when a day is sealed already, with other ticks.
type ConflictError struct {
	URL          string
	Day          string // as in "S/2026-11-24"
	Revision     int    // that is published
	Theirs, Ours string // what is published, and what was to be: ticks and digest
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s: %s is sealed as revision %d with %s; the database has %s. Nothing was changed; to publish them as revision %d, seal with the option revise",
		e.URL, e.Day, e.Revision, e.Theirs, e.Ours, e.Revision+1)
}

// SealedError is returned when a tick of a sealed day is to be written.
type SealedError struct {
	Day      string // as in "S/2026-11-24"
	Revision int
}

func (e *SealedError) Error() string {
	return fmt.Sprintf("%s is sealed (revision %d), and sealed days do not change: to correct it, write to the database without its archive and seal the day with the option revise, which publishes revision %d",
		e.Day, e.Revision, e.Revision+1)
}

// DamagedError is returned when a manifest or a part is not what was sealed: bits were
// flipped, bytes are missing, or all of it is.
type DamagedError struct {
	URL     string
	Key     string
	Problem string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: %s is damaged: %s", e.URL, e.Key, e.Problem)
}

// NotSealedError is returned when an archive, as it was opened, has no such day.
type NotSealedError struct {
	Day      string // as in "S/2026-11-24"
	Revision int    // 0: any
}

func (e *NotSealedError) Error() string {
	if e.Revision == 0 {
		return e.Day + " is not sealed"
	}
	return fmt.Sprintf("%s is not sealed as revision %d, or the archive was opened with another one", e.Day, e.Revision)
}

// DifferenceError is returned by Unseal and Prune when a database and a sealed day do not
// have the ticks that they must have in common.
type DifferenceError struct {
	Day      string // as in "S/2026-11-24"
	Name     string // of the instrument, as in "S:600000"
	Revision int
	Problem  string
}

func (e *DifferenceError) Error() string {
	return fmt.Sprintf("%s of %s differs from revision %d: %s", e.Name, e.Day, e.Revision, e.Problem)
}
