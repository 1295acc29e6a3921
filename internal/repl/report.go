package repl

import (
	"errors"
	"fmt"
	"strings"

	"microts/internal/host"
)

// report shows an error: its message, then its traceback with the typed lines.
func (r *REPL) report(err error) {
	_ = r.Out.Flush()
	e := (*host.ScriptError)(nil)
	if !errors.As(err, &e) {
		fmt.Fprintf(r.Out, "%s\n", r.red(err.Error()))
		return
	}
	fmt.Fprintln(r.Out, r.red(e.Message))
	frames := 0
	for line := range strings.Lines(e.Traceback) {
		if line = strings.TrimSpace(line); line == "stack traceback:" || strings.HasPrefix(line, "[G]:") || line == "(tailcall): ?" {
			continue
		}
		fmt.Fprintln(r.Out, r.dim(r.frame(line)))
		frames++
	}
	if typed := r.typedLine(e.Message); frames == 0 && typed != "" {
		fmt.Fprintln(r.Out, r.dim("  "+typed))
	}
}

// frame shows a line of a traceback. If it names a typed line, that follows.
func (r *REPL) frame(line string) string {
	if typed := r.typedLine(line); typed != "" {
		return fmt.Sprintf("  %s: %s", line, typed)
	}
	return "  " + line
}

// typedLine returns the typed line that a text beginning with "[chunk]:line:"
// names, or "".
func (r *REPL) typedLine(text string) string {
	var chunk, at int
	if _, err := fmt.Sscanf(text, "[%d]:%d:", &chunk, &at); err != nil || chunk < 1 || chunk > len(r.chunks) {
		return ""
	}
	lines := strings.Split(r.chunks[chunk-1], "\n")
	if at < 1 || at > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[at-1])
}
