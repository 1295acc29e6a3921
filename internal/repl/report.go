package repl

import (
	"errors"
	"fmt"
	"strings"

	"microts/internal/host"
	"microts/internal/luavm"
)

// report shows an error: its message, the content of a table that is no message, then its
// traceback with the typed lines.
func (r *REPL) report(err error) {
	_ = r.Out.Flush()
	e := (*host.ScriptError)(nil)
	if !errors.As(err, &e) {
		fmt.Fprintf(r.w, "%s\n", r.red(err.Error()))
		return
	}
	fmt.Fprintln(r.w, r.red(e.Message))
	if e.Value.IsTable() && !r.hasText(e.Value) {
		shown := shower{r: r}
		fmt.Fprintln(r.w, shown.value(e.Value))
	}
	frames := 0
	for line := range strings.Lines(e.Traceback) {
		if line = strings.TrimSpace(line); line == "stack traceback:" || strings.HasPrefix(line, "[C]:") {
			continue
		}
		fmt.Fprintln(r.w, r.dim(r.frame(line)))
		frames++
	}
	if typed := r.typedLine(e.Message); frames == 0 && typed != "" {
		fmt.Fprintln(r.w, r.dim("  "+typed))
	}
	r.showHint()
}

// showHint shows the hint of the line that ran, once, if the console has a user.
func (r *REPL) showHint() {
	if r.hint != "" && r.Terminal {
		fmt.Fprintln(r.w, r.dim(r.hint))
	}
	r.hint = ""
}

// hasText reports whether a script says with __tostring how a value is shown.
func (r *REPL) hasText(v luavm.Value) bool {
	meta, ok := r.L.RawMetatable(v).AsTable()
	return ok && meta.GetString("__tostring").IsFunction()
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
