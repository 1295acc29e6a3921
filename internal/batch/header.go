package batch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"microts/internal/luavm/syntax"
	"microts/internal/suggest"
)

// Header is the table that a script may have as its first statement. It tells
// batch how to run the script:
//
//	local header = {
//	    name = "momentum",          -- of the jobs, instead of the file's name
//	    needs = {"load.lua"},       -- scripts that run before, by path, file or name
//	    timeout = "5m",             -- of one attempt
//	    memory = "512MB",
//	    retries = 2, backoff = "1s",
//	    params = {window = {5, 10}},
//	}
//
// batch reads the table without running the script, so all its values must be
// constants.
type Header struct {
	Name   string
	Needs  []string
	Limits Limits
	Grid   []Values // of params
}

const headerName = "header"

var headerFields = []string{"name", "needs", "timeout", "memory", "retries", "backoff", "params"}

// readHeader reads the header of a script. It is empty if the script has none.
// Errors in the header name file and line.
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
		return h, nil
	}
	chunk, err := syntax.Parse(source, path)
	if err != nil || len(chunk.Body.Stmts) == 0 {
		return h, nil // Spec.Plan compiles the script
	}
	table := headerTable(chunk.Body.Stmts[0])
	if table == nil {
		return h, nil
	}
	for _, item := range table.Items {
		key, value, err := constantItem(item)
		if err == nil {
			err = h.set(key, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: header: %w", path, item.Value.At(), err)
		}
	}
	return h, nil
}

// headerTable returns the table that a statement assigns to header, or nil.
func headerTable(statement syntax.Stmt) *syntax.TableExpr {
	var value syntax.Expr
	switch s := statement.(type) {
	case *syntax.LocalStmt:
		if len(s.Locals) == 1 && len(s.Exprs) == 1 && s.Locals[0].Name == headerName {
			value = s.Exprs[0]
		}
	case *syntax.AssignStmt:
		if len(s.Targets) == 1 && len(s.Exprs) == 1 {
			if global, ok := s.Targets[0].(*syntax.GlobalExpr); ok && global.Name == headerName {
				value = s.Exprs[0]
			}
		}
	}
	table, _ := value.(*syntax.TableExpr)
	return table
}

// constantItem returns the name and the value of a named item of a table. The value is
// a string, a float64, a bool, a []any, or a []constantEntry in the order of the
// source.
func constantItem(item syntax.TableItem) (key string, value any, err error) {
	name, ok := item.Key.(*syntax.StringExpr)
	if !ok {
		return "", nil, errors.New("a named field such as `timeout = \"5m\"` expected")
	}
	value, err = constant(item.Value)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", name.Value, err)
	}
	return name.Value, value, nil
}

type constantEntry struct {
	name  string
	value any
}

func constant(e syntax.Expr) (any, error) {
	if value := literal(e); value != nil {
		return value, nil
	}
	table, ok := e.(*syntax.TableExpr)
	if !ok {
		return nil, errors.New("a constant expected: the header is read without running the script")
	}
	list, named := []any{}, []constantEntry(nil)
	for _, item := range table.Items {
		if item.Key == nil {
			v, err := constant(item.Value)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
			continue
		}
		name, v, err := constantItem(item)
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

// literal returns the value of a string, number or boolean; nil for anything else.
func literal(e syntax.Expr) any {
	switch e := e.(type) {
	case *syntax.StringExpr:
		return e.Value
	case *syntax.NumberExpr:
		return e.Value
	case *syntax.TrueExpr:
		return true
	case *syntax.FalseExpr:
		return false
	case *syntax.ParenExpr:
		return literal(e.Inner)
	case *syntax.UnaryExpr:
		if f, ok := literal(e.Operand).(float64); ok && e.Op == syntax.OpNeg {
			return -f
		}
	}
	return nil
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

// unknownName returns the error for a name that is not among names.
func unknownName(kind, name string, names []string) error {
	if near := suggest.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", kind, name, near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", kind, name, strings.Join(names, ", "))
}

// stringList returns the strings of a list; one string is a list too.
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

// valueList returns the values of a parameter; one value is a list too.
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
		if first, this := kindOf(list[0]).family(), kindOf(list[i]).family(); first != this {
			return nil, fmt.Errorf("%s: values of one type expected, got the %s %v and the %s %v", name, first, showValue(list[0]), this, showValue(list[i]))
		}
	}
	return list, nil
}
