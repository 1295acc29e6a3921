package compat

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"microts/internal/luavm"
	"microts/internal/suggest"
)

// csvOptions are the options that all functions of csv take.
type csvOptions struct {
	separator rune
	header    bool          // the first line names the columns
	noHeader  bool          // the option header is false
	columns   []string      // names of the columns; nil if rows are arrays
	encoding  *textEncoding // nil: UTF-8, or bytes as they are
}

// csvOptionNames are the names of the options.
var csvOptionNames = []string{"separator", "header", "columns", "encoding"}

// readCSVOptions reads argument i, which may be nil.
func readCSVOptions(c *luavm.Call, i int) csvOptions {
	o := csvOptions{separator: ','}
	if c.Arg(i).IsNil() {
		return o
	}
	for k, v := range c.Table(i).All() {
		name := luavm.PlainString(k)
		if err := o.set(name, v); err != nil {
			c.ArgError(i, fmt.Sprintf("option %q: %v", name, err))
		}
	}
	return o
}

// set sets an option.
func (o *csvOptions) set(name string, v luavm.Value) (err error) {
	switch name {
	case "separator":
		text := luavm.PlainString(v)
		r, n := utf8.DecodeRuneInString(text)
		if !v.IsString() || n == 0 || n != len(text) || r == utf8.RuneError || strings.ContainsRune("\"\r\n", r) {
			return fmt.Errorf("one character expected, got %s", text)
		}
		o.separator = r
	case "header":
		o.header, o.noHeader = v.Truth(), !v.Truth()
	case "columns":
		o.columns, err = columnNames(v)
	case "encoding":
		o.encoding, err = findEncoding(luavm.PlainString(v))
	default:
		if near := suggest.Nearest(name, csvOptionNames); near != "" {
			return fmt.Errorf("unknown; did you mean %q?", near)
		}
		return fmt.Errorf("unknown; there are %s", strings.Join(csvOptionNames, ", "))
	}
	return err
}

// columnNames returns the names in a list, which are distinct.
func columnNames(v luavm.Value) ([]string, error) {
	t, ok := v.AsTable()
	if !ok || t.Len() == 0 {
		return nil, fmt.Errorf("list of names expected, got %s", v.TypeName())
	}
	names := make([]string, 0, 8)
	for n := 1; n <= t.Len(); n++ {
		name := t.GetInt(n)
		if !name.IsString() && !name.IsNumber() {
			return nil, fmt.Errorf("name expected, got %s", name.TypeName())
		}
		names = append(names, luavm.PlainString(name))
	}
	return names, checkNames(names)
}

// checkNames returns an error if two columns have one name.
func checkNames(names []string) error {
	first := make(map[string]int, len(names))
	for i, name := range names {
		if other, ok := first[name]; ok && name == "" {
			return fmt.Errorf("columns %d and %d have no name", other+1, i+1)
		} else if ok {
			return fmt.Errorf("columns %d and %d have one name, %q", other+1, i+1, name)
		}
		first[name] = i
	}
	return nil
}

// namedColumns returns the names that the first line of a text gives the columns.
func namedColumns(header []string) ([]string, error) {
	names := slices.Clone(header)
	for i := range names {
		names[i] = strings.Clone(names[i])
	}
	if err := checkNames(names); err != nil {
		return nil, fmt.Errorf("the header: %w; the option columns can name them", err)
	}
	return names, nil
}
