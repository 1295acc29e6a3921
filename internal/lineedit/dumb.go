package lineedit

import (
	"io"
	"strings"
	"syscall"
)

// readDumb reads a line from a terminal that cannot move its cursor. The terminal edits
// the rows, and Ctrl-C is a signal.
func (e *Editor) readDumb() (string, error) {
	if err := e.tty.listen(syscall.SIGINT); err != nil {
		return "", err
	}
	defer e.tty.unlisten()
	text, prompt := "", e.o.Prompt
	for {
		if err := e.tty.write(prompt); err != nil {
			return "", err
		}
		row, err := e.readRow()
		if err == errResized { // the signal: the terminal has dropped the row
			_ = e.tty.write("\n")
			return "", ErrInterrupted
		}
		if err != nil && (err != io.EOF || text+row == "") {
			return "", err
		}
		text += strings.TrimSuffix(row, "\n")
		if err == io.EOF || e.o.Whole == nil || e.o.Whole(text) {
			e.o.History.Add(text)
			return text, nil
		}
		text += "\n"
		prompt = e.o.Continued
	}
}

// readRow reads up to the next line feed, or to the end of the input.
func (e *Editor) readRow() (string, error) {
	for {
		if n := strings.IndexByte(string(e.tty.held), '\n'); n >= 0 {
			row := string(e.tty.held[:n+1])
			e.tty.held = e.tty.held[n+1:]
			return row, nil
		}
		err := e.tty.fill(-1)
		if err == errResized {
			e.tty.held = nil
		}
		if err != nil && err != errNothing {
			row := string(e.tty.held)
			e.tty.held = nil
			return row, err
		}
	}
}
