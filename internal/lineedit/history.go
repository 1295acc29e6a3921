package lineedit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// History is the lines that were typed, in a file if it has one. Several processes may
// add to one file: each sees what was there when it opened it, and its own.
//
// The file has an object of JSON a line: {"datetime": when, "block": the text}. A line
// that is none is left alone.
type History struct {
	path    string
	entries []string // the oldest first
}

// mostEntries is how many lines of a history are kept. A file may have twice as many
// before it is made shorter.
const mostEntries = 10000

// record is an entry in the file.
type record struct {
	When  time.Time `json:"datetime"`
	Block string    `json:"block"`
}

// OpenHistory returns the history in a file, which need not exist; with no path, one that
// is not kept. If the file cannot be read, the history is not kept either, and the error
// says why.
func OpenHistory(path string) (*History, error) {
	h := &History{}
	if path == "" {
		return h, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		h.path = path
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	lines, err := h.read(f)
	if err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	h.path = path
	if len(lines) > 2*mostEntries {
		err = shorten(path, lines[len(lines)-mostEntries:])
	}
	h.entries = h.entries[max(len(h.entries)-mostEntries, 0):]
	return h, err
}

// read reads the entries of a file, and returns its lines.
func (h *History) read(f io.Reader) (lines [][]byte, err error) {
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		var entry record
		if json.Unmarshal(line, &entry) == nil && entry.Block != "" {
			lines = append(lines, line)
			h.remember(entry.Block)
		}
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// shorten replaces a file of a history by one with some lines.
func shorten(path string, lines [][]byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	_, err = f.Write(bytes.Join(lines, nil))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// remember adds an entry unless it is like the last one.
func (h *History) remember(text string) (added bool) {
	if n := len(h.entries); n > 0 && h.entries[n-1] == text {
		return false
	}
	h.entries = append(h.entries, text)
	return true
}

// Add adds a line, without the white space around it. A line that is empty, or like the
// last one, is not added. A file that cannot be written is no error: the line is kept as
// long as the process runs.
func (h *History) Add(text string) {
	text = strings.TrimSpace(text)
	if text == "" || !h.remember(text) || h.path == "" {
		return
	}
	line, err := json.Marshal(record{time.Now(), text})
	if err != nil {
		return
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = f.Write(append(line, '\n')) // whole, so that processes do not mix their lines
	_ = f.Close()
}

// recall is the history as one line sees it: entries that were changed without being
// run keep their changes until the line ends.
type recall struct {
	entries []string
	at      int // what is edited; len(entries): the new line
	edited  map[int]string

	wordOf, wordFrom int // of yank-last-arg: the entry, and where its word stands
}

func (r *recall) begin(h *History) {
	*r = recall{entries: h.entries, at: len(h.entries), edited: map[int]string{}}
}

// text returns an entry with its changes.
func (r *recall) text(at int) string {
	if text, ok := r.edited[at]; ok {
		return text
	}
	if at == len(r.entries) {
		return ""
	}
	return r.entries[at]
}

// recallAt goes to an entry of the history. The cursor stands at its end.
func (e *Editor) recallAt(at int) {
	r := &e.recall
	r.edited[r.at] = e.text
	r.at = at
	text := r.text(at)
	e.setText(text, len(text))
}

func (e *Editor) previous() { e.recallBy(-1) }

func (e *Editor) following() { e.recallBy(1) }

func (e *Editor) recallBy(step int) {
	at := e.recall.at + step
	if at < 0 || at > len(e.recall.entries) {
		e.bell()
		return
	}
	e.recallAt(at)
}

func (e *Editor) oldest() { e.recallAt(0) }
func (e *Editor) newest() { e.recallAt(len(e.recall.entries)) }

// recallPrefix goes to the next entry, in the direction of step, that begins with the
// text before the cursor. The cursor stays.
func (e *Editor) recallPrefix(step int) {
	prefix, cursor := e.text[:e.cursor], e.cursor
	for at := e.recall.at + step; at >= 0 && at <= len(e.recall.entries); at += step {
		if text := e.recall.text(at); strings.HasPrefix(text, prefix) && text != e.text {
			e.recallAt(at)
			e.cursor = cursor
			return
		}
	}
	e.bell()
}

// acceptAndNext ends the line; the next one begins with the entry of the history that
// follows this one.
func (e *Editor) acceptAndNext() {
	at := e.recall.at
	e.accept()
	if e.done && at < len(e.recall.entries) {
		e.next = at + 1
	}
}
