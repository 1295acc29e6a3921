package repl

import (
	"fmt"
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
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	program, isSet := os.LookupEnv("PAGER")
	if !r.Terminal || r.dumb || r.whole || err != nil || isSet && program == "" || screenRows(shown, width) < height {
		fmt.Fprint(r.w, shown)
		return
	}
	_ = r.Out.Flush()
	defer r.lend()() // until the end of the pager, Ctrl-C is its
	if isSet && runPager(program, shown) == nil {
		return
	}
	p := pager{lines: strings.SplitAfter(strings.TrimSuffix(shown, "\n"), "\n"), width: width, height: height, write: func(s string) { fmt.Fprint(r.Out, s) }}
	if before, err := term.MakeRaw(int(os.Stdin.Fd())); err == nil {
		p.run(readKey)
		_ = term.Restore(int(os.Stdin.Fd()), before)
		return
	}
	fmt.Fprint(r.w, shown)
}

// screenRows returns how many rows of a screen a text takes. Longer lines take several.
func screenRows(shown string, width int) (rows int) {
	for line := range strings.Lines(shown) {
		rows += max(1, (text.StringWidthWithoutEscSequences(strings.TrimSuffix(line, "\n"))+width-1)/width)
	}
	return rows
}

// runPager lets a program show a text.
func runPager(program, shown string) error {
	cmd := exec.Command("sh", "-c", program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(shown), os.Stdout, os.Stderr
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
	lines         []string // the last one has no line end
	width, height int      // of the screen
	write         func(string)
	next          int // of lines
}

// run shows lines until a key, or the last line, ends it.
func (p *pager) run(readKey func() string) {
	p.show(p.height - 1)
	for p.next < len(p.lines) {
		p.write(fmt.Sprintf("\x1b[7m-- %d of %d lines -- Space: a screen, Enter: a line, a: all, q: end\x1b[0m", p.next, len(p.lines)))
		key := readKey()
		p.write("\r\x1b[K")
		switch key {
		case " ", "f", "\x06", "\x16", "\x1b[6~":
			p.show(p.height - 1)
		case "\r", "\n", "j", "\x0e", "\x1b[B", "\x1bOB":
			p.show(1)
		case "a", "G", "\x1b[F", "\x1bOF":
			p.show(len(p.lines) * p.height)
		case "", "q", "Q", "\x1b", "\x03", "\x04":
			return
		}
	}
}

// show shows the next lines, as many as rows of the screen hold but at least one.
func (p *pager) show(rows int) {
	for first := true; p.next < len(p.lines); first = false {
		line := strings.TrimSuffix(p.lines[p.next], "\n")
		if rows -= screenRows(line+"\n", p.width); rows < 0 && !first {
			return
		}
		p.write(line + "\r\n")
		p.next++
	}
}
