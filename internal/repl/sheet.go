package repl

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"microts/internal/suggest"
)

// sheet is rows and columns that a command shows: as a table, as CSV or as JSON.
type sheet struct {
	title   string // over a table; CSV and JSON have none
	columns []string
	rows    [][]cell // a short row has no values in its last columns
}

// cell is one value of a sheet.
type cell struct {
	text   string
	plain  bool // a number, true or false: JSON has it without quotes
	absent bool // there is no value
}

func textCell(text string) cell { return cell{text: text} }

// plainCell is the cell of a number or a bool.
func plainCell(v any) cell { return cell{text: fmt.Sprint(v), plain: true} }

// format is how rows are shown.
type format string

const (
	tableFormat format = "table"
	csvFormat   format = "csv"
	jsonFormat  format = "json"
)

var formats = []string{string(tableFormat), string(csvFormat), string(jsonFormat)}

// parseFormat reads the name of a format.
func parseFormat(text string) (format, error) {
	if slices.Contains(formats, text) {
		return format(text), nil
	}
	hint := ""
	if near := suggest.Nearest(text, formats); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return "", fmt.Errorf("format: table, csv or json expected, got %q%s", text, hint)
}

// showSheet shows a sheet in the format of the command.
func (r *REPL) showSheet(s *sheet) error {
	switch r.format {
	case csvFormat:
		return r.showCSV(s)
	case jsonFormat:
		return r.showJSON(s)
	}
	_, err := fmt.Fprintln(r.w, r.table(s))
	return err
}

// table returns a sheet as a table under its title.
func (r *REPL) table(s *sheet) string {
	table := r.grid(s.columns, s.cells(), false)
	if s.title != "" {
		table = s.title + "\n" + table
	}
	return table
}

// cells returns the rows as a table shows them.
func (s *sheet) cells() (rows [][]string) {
	for _, row := range s.rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.text)
		}
		rows = append(rows, cells)
	}
	return rows
}

// showCSV writes a header and the rows. Each line has as many fields as there are
// columns; the field of no value is empty.
func (r *REPL) showCSV(s *sheet) error {
	w := csv.NewWriter(r.w)
	_ = w.Write(s.columns) // Error returns what fails
	for i, row := range s.rows {
		if i%1024 == 0 && r.interrupted() {
			return errInterrupted
		}
		fields := make([]string, len(s.columns))
		for c := range row {
			fields[c] = row[c].text
		}
		_ = w.Write(fields)
	}
	w.Flush()
	return w.Error()
}

// showJSON writes an array of objects, one a line. A value that a row lacks is no key of
// its object.
func (r *REPL) showJSON(s *sheet) error {
	keys := make([]string, len(s.columns))
	for c, name := range s.columns {
		keys[c] = quoteJSON(name)
	}
	var line strings.Builder
	line.WriteString("[")
	for i, row := range s.rows {
		if i%1024 == 0 && r.interrupted() {
			return errInterrupted
		}
		if i > 0 {
			line.WriteString(",")
		}
		line.WriteString("\n{")
		first := true
		for c, v := range row {
			if v.absent {
				continue
			}
			if !first {
				line.WriteString(",")
			}
			first = false
			line.WriteString(keys[c] + ":")
			if v.plain {
				line.WriteString(v.text)
			} else {
				line.WriteString(quoteJSON(v.text))
			}
		}
		line.WriteString("}")
		if _, err := fmt.Fprint(r.w, line.String()); err != nil {
			return err
		}
		line.Reset()
	}
	_, err := fmt.Fprintln(r.w, line.String()+"\n]")
	return err
}

// quoteJSON returns a text as a string of JSON.
func quoteJSON(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string is always encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// bytesCell is the cell of a string of Lua: text as it is, other bytes as hexadecimal
// digits after 0x.
func bytesCell(s string) cell {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return textCell(s)
	}
	return textCell(fmt.Sprintf("0x%x", s))
}
