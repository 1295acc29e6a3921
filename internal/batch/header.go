package batch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yuin/gopher-lua/ast"

	"microts/internal/luasyntax"
	"microts/internal/suggest"
)

// Header is what a script says of its jobs, in a table that is its first
// statement:
//
//	local header = {
//	    name = "momentum",          -- in the place of the script's name
//	    needs = {"load.lua"},       -- scripts, by path, file or name, that come before
//	    timeout = "5m",             -- of one attempt
//	    memory = "512MB",
//	    retries = 2, backoff = "1s",
//	    params = {window = {5, 10}},
//	}
//
// The table is read without running the script, so that it holds constants only.
type Header struct {
	Name   string
	Needs  []string
	Limits Limits
	Grid   []Values // of params
}

// Limits are what a job may take; zero fields say nothing.
type Limits struct {
	Timeout time.Duration // of one attempt
	Memory  int64         // bytes
	Retries *int          // attempts after the first one; nil says nothing
	Backoff time.Duration // before the first retry; doubled with each one
}

// or returns l, with the fields that say nothing taken from preset.
func (l Limits) or(preset Limits) Limits {
	if l.Timeout == 0 {
		l.Timeout = preset.Timeout
	}
	if l.Memory == 0 {
		l.Memory = preset.Memory
	}
	if l.Retries == nil {
		l.Retries = preset.Retries
	}
	if l.Backoff == 0 {
		l.Backoff = preset.Backoff
	}
	return l
}

const headerName = "header"

var headerFields = []string{"name", "needs", "timeout", "memory", "retries", "backoff", "params"}

// readHeader reads the header of a script, which need not have one. The errors
// name file and line.
func readHeader(path string) (*Header, error) {
	source, err := os.ReadFile(path)
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return nil, fmt.Errorf("cannot open %s: %w", path, p.Err)
	}
	if err != nil {
		return nil, err
	}
	h := &Header{}
	if !bytes.Contains(source, []byte(headerName)) {
		return h, nil // the state that runs it compiles it, and says what is wrong
	}
	chunk, err := luasyntax.Parse(source, path)
	if err != nil || len(chunk) == 0 {
		return h, nil // as above
	}
	table := headerTable(chunk[0])
	if table == nil {
		return h, nil
	}
	for _, f := range table.Fields {
		key, value, err := constantField(f)
		if err == nil {
			err = h.set(key, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: header: %w", path, f.Value.Line(), err)
		}
	}
	return h, nil
}

// headerTable returns the table that a statement assigns to header, or nil.
func headerTable(statement ast.Stmt) *ast.TableExpr {
	var value ast.Expr
	switch s := statement.(type) {
	case *ast.LocalAssignStmt:
		if len(s.Names) == 1 && len(s.Exprs) == 1 && s.Names[0] == headerName {
			value = s.Exprs[0]
		}
	case *ast.AssignStmt:
		if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
			if name, ok := s.Lhs[0].(*ast.IdentExpr); ok && name.Value == headerName {
				value = s.Rhs[0]
			}
		}
	}
	table, _ := value.(*ast.TableExpr)
	return table
}

// constantField returns the name and the value of a field; the value is a string,
// a float64, a bool, a []any, or a []constantEntry in the order of the source.
func constantField(f *ast.Field) (key string, value any, err error) {
	name, ok := f.Key.(*ast.StringExpr)
	if !ok {
		return "", nil, errors.New("a named field such as `timeout = \"5m\"` expected")
	}
	value, err = constant(f.Value)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", name.Value, err)
	}
	return name.Value, value, nil
}

type constantEntry struct {
	name  string
	value any
}

func constant(e ast.Expr) (any, error) {
	if value, ok := luasyntax.Literal(e); ok {
		return value, nil
	}
	table, ok := e.(*ast.TableExpr)
	if !ok {
		return nil, errors.New("a constant expected: the header is read without running the script")
	}
	list, named := []any{}, []constantEntry(nil)
	for _, f := range table.Fields {
		if f.Key == nil {
			v, err := constant(f.Value)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
			continue
		}
		name, v, err := constantField(f)
		if err != nil {
			return nil, err
		}
		named = append(named, constantEntry{name, v})
	}
	if named != nil {
		return named, nil
	}
	return list, nil
}

// set sets a field of the header.
func (h *Header) set(key string, value any) (err error) {
	switch key {
	case "name":
		name, ok := value.(string)
		if !ok || name == "" {
			return fmt.Errorf("name: a string expected, got %v", value)
		}
		h.Name = name
	case "needs":
		h.Needs, err = stringList(key, value)
	case "params":
		entries, ok := value.([]constantEntry)
		if list, isList := value.([]any); !ok && !(isList && len(list) == 0) {
			return errors.New("params: a table of names and values expected")
		}
		for _, e := range entries {
			values, err := valueList(e.name, e.value)
			if err != nil {
				return fmt.Errorf("params: %w", err)
			}
			h.Grid = append(h.Grid, Values{e.name, values})
		}
	default:
		return h.Limits.set(key, value, headerFields)
	}
	return err
}

// set sets a limit by its name; others lists all names that are allowed there.
func (l *Limits) set(key string, value any, names []string) (err error) {
	text, isText := value.(string)
	number, isNumber := value.(float64)
	switch key {
	case "timeout", "backoff":
		if isNumber {
			text, isText = showValue(number)+"s", true
		}
		var d time.Duration
		if d, err = ParseDuration(text); !isText || err != nil {
			return fmt.Errorf("%s: a time such as \"90s\" or \"5m\", or seconds, expected, got %v", key, value)
		}
		if key == "timeout" {
			l.Timeout = d
		} else {
			l.Backoff = d
		}
	case "memory":
		if isNumber {
			text, isText = showValue(number), true
		}
		if l.Memory, err = ParseSize(text); !isText || err != nil {
			return fmt.Errorf("memory: a size such as \"512MB\", or bytes, expected, got %v", value)
		}
	case "retries":
		n := int(number)
		if !isNumber || float64(n) != number || n < 0 {
			return fmt.Errorf("retries: an integer from 0 on expected, got %v", value)
		}
		l.Retries = &n
	default:
		return unknownName("field", key, names)
	}
	return nil
}

// unknownName is the error of a name that is none of names.
func unknownName(kind, name string, names []string) error {
	if near := suggest.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", kind, name, near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", kind, name, strings.Join(names, ", "))
}

func stringList(name string, value any) ([]string, error) {
	list, ok := value.([]any)
	if s, isString := value.(string); isString {
		list, ok = []any{s}, true
	}
	var all []string
	for _, v := range list {
		s, isString := v.(string)
		ok = ok && isString
		all = append(all, s)
	}
	if !ok {
		return nil, fmt.Errorf("%s: a list of strings expected, got %v", name, value)
	}
	return all, nil
}

// valueList returns the values of a parameter, of which there may be one.
func valueList(name string, value any) ([]any, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for i, v := range list {
		switch v := v.(type) {
		case string, float64, bool:
		case int64:
			list[i] = float64(v)
		default:
			return nil, fmt.Errorf("%s: strings, numbers and booleans expected, got %v", name, v)
		}
	}
	return list, nil
}

// ParseDuration reads a positive time such as "90s", "5m" or "1h30m".
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("a time such as 90s or 5m expected, got %q", text)
	}
	return d, nil
}

var units = []struct {
	names string
	bytes float64
}{{"b", 1}, {"k kb kib", 1 << 10}, {"m mb mib", 1 << 20}, {"g gb gib", 1 << 30}, {"t tb tib", 1 << 40}}

// ParseSize reads a positive number of bytes such as "512MB", "2GiB" or "1048576";
// a KB is 1024 bytes.
func ParseSize(text string) (int64, error) {
	text = strings.TrimSpace(text)
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(text[len(digits):]))
	n, err := strconv.ParseFloat(digits, 64)
	for _, u := range units {
		if unit == "" || slices.Contains(strings.Fields(u.names), unit) {
			if n *= u.bytes; err == nil && 1 <= n && n < 1<<62 {
				return int64(n), nil
			}
			break
		}
	}
	return 0, fmt.Errorf("a size such as 512MB or 2GiB expected, got %q", text)
}
