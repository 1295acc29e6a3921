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

// Status is what became of a job, or of one attempt at it.
type Status string

// The statuses. A job is Pending until something happened to it, and at the end
// where the batch did not come to it.
const (
	Pending     Status = "pending"
	Running     Status = "running"
	Done        Status = "done"
	Failed      Status = "failed"
	Skipped     Status = "skipped"     // what it needs did not succeed
	Interrupted Status = "interrupted" // the user stopped it
	Retry       Status = "retry"       // of an attempt: it failed, and the job is tried again
)

// Reason says why a job failed.
type Reason string

// The reasons.
const (
	ByError   Reason = "error"   // of the script
	ByTimeout Reason = "timeout" // it took longer than it may
	ByMemory  Reason = "memory"  // it used more memory than it may
	ByExit    Reason = "exit"    // os.exit with another code than 0
	ByPanic   Reason = "panic"   // of Go code
	ByCrash   Reason = "crash"   // of its process
)

// Outcome is what became of an attempt.
type Outcome struct {
	Status    Status            `json:"status"`
	Reason    Reason            `json:"reason,omitempty"`
	Message   string            `json:"message,omitempty"`
	Traceback string            `json:"traceback,omitempty"`
	Memory    int64             `json:"memory_bytes,omitempty"` // the last that was measured
	Files     map[string]string `json:"files,omitempty"`        // what the script required: path and SHA-256
	Result    *Table            `json:"result,omitempty"`

	Retryable bool `json:"retryable,omitempty"`
}

// Record is one line of the journal.
type Record struct {
	Event Event     `json:"event"`
	Time  time.Time `json:"time"`

	// Of starts, ends and skips.
	Job     int    `json:"job,omitempty"`
	Attempt int    `json:"attempt,omitempty"` // from 1 on
	Worker  int    `json:"worker,omitempty"`  // from 1 on
	Hash    string `json:"hash,omitempty"`    // of ends: the job's, as it was run
	*Outcome

	// Of opens and closes.
	PID         int    `json:"pid,omitempty"`
	Host        string `json:"host,omitempty"`
	Workers     int    `json:"workers,omitempty"`
	Version     string `json:"version,omitempty"`
	Interrupted bool   `json:"interrupted,omitempty"`
}

// Event is what a record tells.
type Event string

// The events.
const (
	Opened  Event = "open"  // a process began to run the batch
	Started Event = "start" // an attempt
	Ended   Event = "end"   // an attempt
	Skip    Event = "skip"  // a job, for want of what it needs
	Closed  Event = "close" // the process came to the end
)

// journal is the file of records. Each record is one write, so that the process
// may die at any moment: only the last line can be a part, and is then dropped.
type journal struct {
	mu    sync.Mutex
	file  *os.File
	size  int64 // bytes
	dirty bool  // since the last sync
}

// openJournal opens the journal at path, made where there is none, and calls each
// with the records that are there, and where each begins and ends. Another
// process that has it open is an error.
func openJournal(path string, each func(r *Record, from, to int64) error) (*journal, error) {
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

// readJournal reads records and returns where the last whole one ends.
func readJournal(r io.Reader, name string, each func(r *Record, from, to int64) error) (size int64, err error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	for n := 1; ; n++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return size, nil // the process died within its write
		}
		var record Record
		if err := json.Unmarshal(line, &record); err != nil {
			if len(bytes.Trim(rest, "\x00")) == 0 {
				return size, nil // the machine did
			}
			return 0, fmt.Errorf("%s:%d: not a line of a journal: %w", name, n, err)
		}
		end := size + int64(len(line)) + 1
		if err := each(&record, size, end); err != nil {
			return 0, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		text, size = rest, end
	}
}

// append writes a record and returns where it stands.
func (j *journal) append(r *Record) (from, to int64, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return 0, 0, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := j.file.WriteAt(append(line, '\n'), j.size)
	if err != nil {
		return 0, 0, fmt.Errorf("write the journal: %w", err)
	}
	from = j.size
	j.size += int64(n)
	j.dirty = true
	return from, j.size, nil
}

// record reads a record that stands somewhere.
func (j *journal) record(from, to int64) (*Record, error) {
	line := make([]byte, to-from)
	if _, err := j.file.ReadAt(line, from); err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return &r, nil
}

// sync returns when the records would survive a power failure.
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
