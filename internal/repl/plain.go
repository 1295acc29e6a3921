package repl

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// runPlain reads from what is no terminal: no prompt, no colour, and the first
// error ends it.
func (r *REPL) runPlain(in io.Reader) error {
	lines := bufio.NewReader(in)
	var text strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		text.WriteString(line)
		if ended := err != nil; ended || r.whole(text.String()) {
			if err := r.run(text.String()); errors.Is(err, errQuit) {
				return nil
			} else if err != nil {
				return err
			}
			text.Reset()
			if ended {
				return nil
			}
		}
	}
}
