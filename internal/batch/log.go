package batch

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
)

// jobLog is what a job prints: a file, made with the first byte, and, where the
// user wants to see it, the console, a line at a time. Any number of goroutines
// may write to it.
type jobLog struct {
	mu     sync.Mutex
	path   string
	append bool // to what an earlier attempt printed
	file   *os.File
	err    error
	line   []byte // that has not come to its end
	show   func(line string)
	closed bool
}

func newJobLog(folder string, j *Job, again bool, show func(line string)) *jobLog {
	return &jobLog{path: filepath.Join(folder, logName(j)), append: again, show: show}
}

// Write implements io.Writer. What is written after close is dropped.
func (l *jobLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(p), nil
	}
	if l.file == nil && l.err == nil {
		flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		if l.append {
			flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
		}
		l.file, l.err = os.OpenFile(l.path, flags, 0o644)
	}
	if l.err != nil {
		return 0, l.err
	}
	if l.show != nil {
		l.line = append(l.line, p...)
		for {
			line, rest, whole := bytes.Cut(l.line, []byte("\n"))
			if !whole {
				break
			}
			l.show(string(line))
			l.line = rest
		}
	}
	n, err := l.file.Write(p)
	if err != nil {
		l.err = err
	}
	return n, err
}

// close closes the file. The error is the first that a write met.
func (l *jobLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	if len(l.line) > 0 {
		l.show(string(l.line))
	}
	if l.file == nil {
		return l.err
	}
	if err := l.file.Close(); l.err == nil {
		l.err = err
	}
	return l.err
}
