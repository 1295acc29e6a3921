package repl

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// runPlain reads lines from in, which is no terminal, without prompt or colour,
// and returns the first error.
func (r *REPL) runPlain(in io.Reader) error {
	lines := bufio.NewReader(in)
	var text strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		text.WriteString(line)
		if ended := err != nil; ended || whole(text.String()) {
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
