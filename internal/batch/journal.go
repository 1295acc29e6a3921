package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// EventKind says what an Event tells.
type EventKind string

// The kinds of events.
const (
	RunOpened      EventKind = "open"
	AttemptStarted EventKind = "start"
	AttemptEnded   EventKind = "end"
	JobSkipped     EventKind = "skip" // a job that it needs is not done
	RunClosed      EventKind = "close"
)

// Event is one line of the journal.
type Event struct {
	Kind EventKind `json:"event"`
	Time time.Time `json:"time"`

	// Of AttemptStarted, AttemptEnded and JobSkipped.
	Job     int    `json:"job,omitempty"`     // the ID
	Attempt int    `json:"attempt,omitempty"` // from 1 on
	Worker  int    `json:"worker,omitempty"`  // from 1 on
	Hash    string `json:"hash,omitempty"`    // of AttemptEnded: Job.Hash at that time
	*Outcome

	// Of RunOpened and RunClosed.
	PID         int    `json:"pid,omitempty"`
	Host        string `json:"host,omitempty"`
	Workers     int    `json:"workers,omitempty"`
	Version     string `json:"version,omitempty"`
	Interrupted bool   `json:"interrupted,omitempty"` // the user ended the run
}

// journal is the file of events, one a line, in JSON. Each event is one write: if
// the process dies, only the last line can be incomplete, and the next
// openJournal drops it.
//
// Any number of goroutines may use a journal.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	size  int64 // bytes
	dirty bool  // an event was written after the last sync
}

// openJournal opens the journal at path and creates it if there is none. It calls
// each with every event. If another process has the journal open, openJournal fails.
func openJournal(path string, each func(e *Event) error) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: another process runs this batch", path)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	j := &journal{file: f}
	if j.size, err = readJournal(f, path, each); err == nil {
		err = f.Truncate(j.size)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// readJournal calls each with the events in r and returns where the last complete
// line ends, in bytes. name is the name of r in errors.
func readJournal(r io.Reader, name string, each func(e *Event) error) (size int64, err error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	for n := 1; ; n++ {
		line, rest, complete := bytes.Cut(text, []byte("\n"))
		if !complete {
			return size, nil // the process died during the write
		}
		var e Event
		if err := json.Unmarshal(line, &e); err != nil {
			if len(bytes.Trim(rest, "\x00")) == 0 {
				return size, nil // the machine died: the file system kept the length, but not the bytes
			}
			return 0, fmt.Errorf("%s:%d: not a line of a journal: %w", name, n, err)
		}
		if err := each(&e); err != nil {
			return 0, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		text, size = rest, size+int64(len(line))+1
	}
}

// append writes an event.
func (j *journal) append(e *Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := j.file.WriteAt(append(line, '\n'), j.size)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	j.size += int64(n)
	j.dirty = true
	return nil
}

// sync makes all events survive a power failure.
func (j *journal) sync() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.dirty {
		return nil
	}
	j.dirty = false
	return j.file.Sync()
}

func (j *journal) close() error { return errors.Join(j.sync(), j.file.Close()) }
