package repl

import (
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// page shows a text. On a terminal whose screen is too small for it, $PAGER shows it; if
// that is not set, the console does, a screen at a time. If it is set and empty, the text
// is shown as it is.
func (r *REPL) page(shown string) {
	width, height, ok := r.pageSize()
	if !ok || screenRows(shown, width) < height {
		fmt.Fprint(r.w, shown)
		return
	}
	lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
	r.pageLines(len(lines), func(i int) string { return lines[i] })
}

// pageSize returns the size of the terminal; ok is false if nothing is shown in pages.
func (r *REPL) pageSize() (width, height int, ok bool) {
	program, isSet := os.LookupEnv("PAGER")
	if !r.Terminal || r.dumb || r.whole || isSet && program == "" {
		return 0, 0, false
	}
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	return width, height, err == nil
}

// pageLines shows lines in pages. It makes each when it is shown.
func (r *REPL) pageLines(count int, line func(i int) string) {
	width, height, ok := r.pageSize()
	if !ok {
		r.writeLines(count, line)
		return
	}
	_ = r.Out.Flush()
	defer r.lend()() // until the end of the pager, Ctrl-C is its
	if program, isSet := os.LookupEnv("PAGER"); isSet && runPager(program, &lineReader{count: count, line: line}) == nil {
		return
	}
	p := pager{count: count, line: line, width: width, height: height, write: func(s string) { fmt.Fprint(r.Out, s) }}
	if before, err := term.MakeRaw(int(os.Stdin.Fd())); err == nil {
		p.run(readKey)
		_ = term.Restore(int(os.Stdin.Fd()), before)
		return
	}
	r.writeLines(count, line)
}

// writeLines writes lines until the user interrupts it.
func (r *REPL) writeLines(count int, line func(i int) string) {
	for i := range count {
		if i%1024 == 0 && r.interrupted() {
			return
		}
		fmt.Fprintln(r.w, line(i))
	}
}

// lineReader reads lines as a text.
type lineReader struct {
	count int
	line  func(i int) string
	next  int
	rest  string // of the line before next
}

// Read implements io.Reader.
func (l *lineReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if l.rest == "" {
			if l.next == l.count {
				break
			}
			l.rest = l.line(l.next) + "\n"
			l.next++
		}
		m := copy(b[n:], l.rest)
		n, l.rest = n+m, l.rest[m:]
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// screenRows returns how many rows of a screen a text takes. Longer lines take several.
func screenRows(shown string, width int) (rows int) {
	for line := range strings.Lines(shown) {
		rows += max(1, (text.StringWidthWithoutEscSequences(strings.TrimSuffix(line, "\n"))+width-1)/width)
	}
	return rows
}

// runPager lets a program show a text.
func runPager(program string, shown io.Reader) error {
	cmd := exec.Command("sh", "-c", program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = shown, os.Stdout, os.Stderr
	if _, ok := os.LookupEnv("LESS"); !ok {
		cmd.Env = append(os.Environ(), "LESS=FRX") // a short text ends less; what it shows stays
	}
	return cmd.Run()
}

// readKey reads a key of the terminal, which is in raw mode. Keys such as PgDn are several
// bytes. It returns "" at the end of the input.
func readKey() string {
	var key [16]byte
	n, err := os.Stdin.Read(key[:])
	if err != nil {
		return ""
	}
	return string(key[:n])
}

// pager shows lines a screen at a time. What it has shown stays on the terminal.
type pager struct {
	count         int                // of lines
	line          func(i int) string // without a line end
	width, height int                // of the screen
	write         func(string)
	next          int // of lines
}

// run shows lines until a key, or the last line, ends it.
func (p *pager) run(readKey func() string) {
	p.show(p.height - 1)
	for p.next < p.count {
		p.write(fmt.Sprintf("\x1b[7m-- %d of %d lines -- Space: a screen, Enter: a line, a: all, q: end\x1b[0m", p.next, p.count))
		key := readKey()
		p.write("\r\x1b[K")
		switch key {
		case " ", "f", "\x06", "\x16", "\x1b[6~":
			p.show(p.height - 1)
		case "\r", "\n", "j", "\x0e", "\x1b[B", "\x1bOB":
			p.show(1)
		case "a", "G", "\x1b[F", "\x1bOF":
			p.show(math.MaxInt)
		case "", "q", "Q", "\x1b", "\x03", "\x04":
			return
		}
	}
}

// show shows the next lines, as many as rows of the screen hold but at least one.
func (p *pager) show(rows int) {
	for first := true; p.next < p.count; first = false {
		line := p.line(p.next)
		if rows -= screenRows(line+"\n", p.width); rows < 0 && !first {
			return
		}
		p.write(line + "\r\n")
		p.next++
	}
}
