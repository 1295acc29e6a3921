package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"microts/internal/luavm"
	"microts/internal/suggest"
	"microts/luabind"
)

// shown is where the console shows values, and how.
type shown struct {
	w      io.Writer
	format format // of rows
	whole  bool   // lines are not cut at the width of the terminal
}

// show runs a command that shows something. What it shows goes to the program after |, or
// on a terminal through a pager if it has more lines than the screen.
func (r *REPL) show(run func() error, o format, program string) error {
	before, colours := r.shown, r.colours
	defer func() { r.shown, r.colours = before, colours }()
	if o != "" {
		r.format = o
	}
	switch {
	case program != "":
		r.whole, r.colours = true, false
		return r.pipe(run, program)
	case r.Terminal:
		var text bytes.Buffer
		r.w = &text
		err := run()
		r.w = before.w
		r.page(text.String())
		return err
	}
	return run()
}

// pipe gives what run shows to a program of the shell.
func (r *REPL) pipe(run func() error, program string) error {
	_ = r.Out.Flush()
	cmd := exec.Command("sh", "-c", program)
	cmd.Stdout, cmd.Stderr = r.programOutput(), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("| %s: %w", program, err)
	}
	r.w = in
	err = run()
	if errors.Is(err, syscall.EPIPE) {
		err = nil // the program, such as head, wants no more
	}
	_ = in.Close()
	defer r.lend()()
	if err2 := cmd.Wait(); err == nil && err2 != nil {
		return fmt.Errorf("| %s: %w", program, err2)
	}
	return err
}

// programOutput returns what a program can use as its standard output.
func (r *REPL) programOutput() io.Writer {
	if r.Terminal {
		return os.Stdout
	}
	return r.Out
}

// splitPipe separates a line of a dot command from the program after the first | that is
// not in quotes.
func splitPipe(line string) (command, program string, err error) {
	var quote rune
	for i, c := range line {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '|':
			if program = strings.TrimSpace(line[i+1:]); program == "" {
				return "", "", errors.New("a program expected after |, such as | head")
			}
			return strings.TrimSpace(line[:i]), program, nil
		}
	}
	return line, "", nil
}

// formatOption is the option of commands that show rows.
const formatOption = "--format"

// cutFormat takes the option --format out of the words of a command.
func cutFormat(words []string) (rest []string, f format, err error) {
	for i := 0; i < len(words); i++ {
		name, value, hasValue := strings.Cut(words[i], "=")
		switch {
		case !strings.HasPrefix(name, "--"):
			rest = append(rest, words[i])
			continue
		case name != formatOption && suggest.Nearest(name, []string{formatOption}) != "":
			return nil, "", fmt.Errorf("unknown option %s; did you mean %s?", name, formatOption)
		case name != formatOption:
			return nil, "", fmt.Errorf("unknown option %s; there is %s", name, formatOption)
		case !hasValue && i+1 < len(words):
			i++
			value = words[i]
		}
		if f, err = parseFormat(value); err != nil {
			return nil, "", err
		}
	}
	return rest, f, nil
}

// cutFormatBefore takes the option --format from before the text of a Lua expression.
func cutFormatBefore(text string) (rest string, f format, err error) {
	text = strings.TrimLeft(text, " ")
	word, after, _ := strings.Cut(text, " ")
	name, value, hasValue := strings.Cut(word, "=")
	if name != formatOption {
		return text, "", nil
	}
	if !hasValue {
		value, after, _ = strings.Cut(strings.TrimLeft(after, " "), " ")
	}
	f, err = parseFormat(value)
	return after, f, err
}

// showCommand shows the values of Lua expressions whole. Rows are shown in the format of
// the command.
func (r *REPL) showCommand(args []string) error {
	if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
		return errors.New("usage: .show [--format F] EXPRESSION")
	}
	const name = ".show"
	chunk, err := r.State.LoadString("return "+args[0], name)
	if err != nil {
		return err
	}
	results, err := r.call(chunk)
	if err != nil {
		return err
	}
	if len(results) > 0 {
		r.remember(results[0])
	}
	return r.showValues(results, true)
}

// formatCommand sets how rows are shown, or says it.
func (r *REPL) formatCommand(args []string) error {
	switch len(args) {
	case 0:
		_, err := fmt.Fprintln(r.w, r.format)
		return err
	case 1:
		f, err := parseFormat(args[0])
		if err == nil {
			r.format = f
		}
		return err
	}
	return errors.New("usage: .format [table|csv|json]")
}

// sheetOf returns the sheet of a Lua value, if it is an array of rows, an array of values
// that are no tables, or statistics; else nil.
func (s *shower) sheetOf(v luavm.Value) *sheet {
	if v.IsFunction() && luabind.IsScan(v) && s.thread != nil {
		if rows, _, err := s.scanRows(v); err == nil {
			return s.r.ticks("", nil, rows)
		}
		return nil
	}
	if stats, ok := v.Data().(luabind.Stats); ok {
		return statsSheet(stats)
	}
	t, ok := v.AsTable()
	if !ok || t.Len() == 0 {
		return nil
	}
	if fields := columnsOf(t, t.Len()); fields != nil {
		return s.rowSheet(t, fields)
	}
	if len(keysBeside(t, t.Len(), 1)) > 0 {
		return nil
	}
	values := &sheet{columns: []string{"value"}}
	for i := 1; i <= t.Len(); i++ {
		v := t.GetInt(i)
		if v.IsTable() {
			return nil
		}
		values.rows = append(values.rows, []cell{s.rowCell(v)})
	}
	return values
}

// rowSheet returns the sheet of an array of rows.
func (s *shower) rowSheet(t *luavm.Table, fields []string) *sheet {
	columns, header := s.columns(t, fields)
	rows := &sheet{columns: header}
	for i := 1; i <= t.Len(); i++ {
		row := t.GetInt(i)
		var cells []cell
		for _, c := range columns {
			v := fieldOf(row, c.field)
			cells = append(cells, s.rowCell(v))
			if c.isTime {
				when := s.when(v)
				cells = append(cells, cell{text: when, absent: when == ""})
			}
		}
		rows.rows = append(rows.rows, cells)
	}
	return rows
}

// rowCell returns the cell of a Lua value.
func (s *shower) rowCell(v luavm.Value) cell {
	switch {
	case v.IsNil():
		return cell{absent: true}
	case v.IsNumber():
		return numberCell(v.Float())
	case v.IsString():
		return bytesCell(v.Text())
	case v == luavm.True || v == luavm.False:
		return plainCell(v == luavm.True)
	}
	return textCell(s.value(v))
}
