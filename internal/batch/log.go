package batch

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
)

// jobLog is the log of a job: the file to which it prints. The first byte creates
// the file. Any number of goroutines may write to the log.
type jobLog struct {
	mu     sync.Mutex
	path   string
	append bool // to what earlier attempts printed
	file   *os.File
	err    error             // the first
	show   func(line string) // is told of each line; nil: nobody is
	line   []byte            // for show: the last line, until it ends
	closed bool
}

// newJobLog returns the log of a job in a run folder. If again, earlier attempts may
// have printed something, and it stays.
func newJobLog(folder string, j *Job, again bool, show func(line string)) *jobLog {
	return &jobLog{path: filepath.Join(folder, logName(j)), append: again, show: show}
}

// Write implements io.Writer. After close it drops what is written.
func (l *jobLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(p), nil
	}
	if l.file == nil && l.err == nil {
		l.file, l.err = l.open()
	}
	if l.err != nil {
		return 0, l.err
	}
	if l.show != nil {
		l.showLines(p)
	}
	n, err := l.file.Write(p)
	if err != nil {
		l.err = err
	}
	return n, err
}

func (l *jobLog) open() (*os.File, error) {
	mode := os.O_TRUNC
	if l.append {
		mode = os.O_APPEND
	}
	return os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|mode, 0o644)
}

// showLines shows the lines that end in p.
func (l *jobLog) showLines(p []byte) {
	l.line = append(l.line, p...)
	for {
		line, rest, complete := bytes.Cut(l.line, []byte("\n"))
		if !complete {
			return
		}
		l.show(string(line))
		l.line = rest
	}
}

// close closes the file. It returns the first error of the log.
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
