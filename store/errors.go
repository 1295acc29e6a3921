package store

import (
	"errors"
	"fmt"
)

var (
	// ErrClosed is returned when a DB, snapshot or scan is used after its
	// Close, or after the database it belongs to was shut down.
	ErrClosed = errors.New("database is closed")

	// ErrReadOnly is returned when something is written through a DB opened
	// with ReadOnly, or through a snapshot.
	ErrReadOnly = errors.New("database is open read-only")

	// ErrSnapshot is returned when something is written through a snapshot.
	ErrSnapshot = errors.New("a snapshot cannot be written to")

	// ErrReservedKey is returned when a raw key begins with the prefix under
	// which microts keeps its own records.
	ErrReservedKey = errors.New(`key begins with the reserved prefix "\0microts\0"`)
)

// LockedError is returned when another process has the database open.
type LockedError struct {
	PID     int    // the process that holds the lock; 0 if the system does not tell
	Command string // its name; "" if the system does not tell
}

func (e *LockedError) Error() string {
	switch {
	case e.PID == 0:
		return "locked by another process"
	case e.Command == "":
		return fmt.Sprintf("locked by another process (pid %d)", e.PID)
	}
	return fmt.Sprintf("locked by another process (pid %d, %s)", e.PID, e.Command)
}

// FormatError is returned when a directory holds a database that this version
// of microts cannot read as what it was opened as. Nothing in it was changed.
type FormatError struct {
	Found string // what the directory holds
	Hint  string // what to do about it
}

func (e *FormatError) Error() string { return e.Found + ": " + e.Hint }

// OptionError is returned when an option is unknown or has a bad value.
type OptionError struct {
	Name    string
	Problem string
}

func (e *OptionError) Error() string { return fmt.Sprintf("option %q: %s", e.Name, e.Problem) }
