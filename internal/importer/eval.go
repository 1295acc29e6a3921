package importer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"microts/internal/suggest"
)

// row is the row that expressions are evaluated on. It is for one goroutine.
type row struct {
	fields []cell // of the columns that expressions use, in the order of schema.used
	buf    []byte // texts that expressions make; emptied for each row
	err    error  // the first
	clock  *zoneClock
}

// fail notes what is wrong with the row.
func (r *row) fail(err error) cell {
	if r.err == nil {
		r.err = err
	}
	return cell{}
}

// made returns the text that was appended to buf since it had n bytes.
func (r *row) made(n int) cell { return textCell(r.buf[n:len(r.buf):len(r.buf)]) }

// numeric returns the number that a cell is.
func (r *row) numeric(c cell) cell {
	n, ok := c.number()
	if !ok {
		return r.fail(fmt.Errorf("a number expected, got %s", c.show()))
	}
	return n
}

// textOf returns the text of a cell.
func (r *row) textOf(c cell) []byte {
	switch c.kind {
	case text:
		return c.text
	case missing:
		return nil
	}
	n := len(r.buf)
	r.buf = c.appendText(r.buf)
	return r.buf[n:len(r.buf):len(r.buf)]
}

// eval computes an expression.
type eval func(r *row) cell

// want is what an expression is to be: it says what + does.
type want uint8

const (
	wantAny want = iota
	wantNumber
	wantText // + joins texts
	wantTime // + makes a time of a date and a time of day
)

// schema says which columns a file has, and which of them expressions use.
type schema struct {
	columns []string
	used    []int  // columns, in the order of row.fields
	file    string // the file's name without its endings
	format  string // for messages: "CSV"
}

// fileColumn is the name of the column that holds the name of the file.
const fileColumn = "file"

// find returns the number of a column: by its name or, if that is one column's, by the
// name without regard to case, spaces and underscores. It is -1 if there is none.
func (s *schema) find(name string) int {
	if i := slices.Index(s.columns, name); i >= 0 {
		return i
	}
	found := -1
	for i, c := range s.columns {
		if plainName(c) == plainName(name) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// plainName returns a name without case, spaces and underscores.
func plainName(name string) string {
	if strings.ContainsAny(name, " _\t") {
		name = strings.NewReplacer(" ", "", "_", "", "\t", "").Replace(name)
	}
	return strings.ToLower(name)
}

// use returns the place of a column in row.fields.
func (s *schema) use(column int) int {
	if i := slices.Index(s.used, column); i >= 0 {
		return i
	}
	s.used = append(s.used, column)
	return len(s.used) - 1
}

// column returns the number of a column that an expression names. The file's name is -1.
func (s *schema) column(n *node) (int, error) {
	if n.op == opPosition {
		if n.num.i > int64(len(s.columns)) {
			return 0, fmt.Errorf("there is no column $%d, the file has %d", n.num.i, len(s.columns))
		}
		return int(n.num.i - 1), nil
	}
	if i := s.find(n.name); i >= 0 {
		return i, nil
	}
	if n.name == fileColumn {
		return -1, nil
	}
	names := make([]string, 0, len(s.columns))
	for _, c := range s.columns {
		if c != "" {
			names = append(names, c)
		}
	}
	if near := suggest.Nearest(n.name, names); near != "" {
		return 0, fmt.Errorf("there is no column %q; did you mean %q?", n.name, near)
	}
	return 0, fmt.Errorf("there is no column %q; the columns are %s", n.name, strings.Join(names, ", "))
}

// compiler makes evals of expressions.
type compiler struct {
	schema *schema
	src    string
}

// compile makes the eval of an expression. The error is an *ExprError.
func (s *schema) compile(src string, w want) (eval, error) {
	n, err := parseExpr(src)
	if err != nil {
		return nil, err
	}
	c := compiler{s, src}
	return c.compile(n, w)
}

func (c *compiler) errorf(n *node, format string, args ...any) error {
	return &ExprError{c.src, n.at, fmt.Sprintf(format, args...)}
}

func (c *compiler) compile(n *node, w want) (eval, error) {
	switch n.op {
	case opNumber:
		num := n.num
		return func(*row) cell { return num }, nil
	case opText:
		t := textCell([]byte(n.name))
		return func(*row) cell { return t }, nil
	case opColumn, opPosition:
		column, err := c.schema.column(n)
		if err != nil {
			return nil, c.errorf(n, "%v", err)
		}
		if column < 0 {
			t := textCell([]byte(c.schema.file))
			return func(*row) cell { return t }, nil
		}
		i := c.schema.use(column)
		return func(r *row) cell { return r.fields[i] }, nil
	case opNegate:
		arg, err := c.compile(n.args[0], wantNumber)
		return func(r *row) cell { return multiply(r.numeric(arg(r)), integer(-1)) }, err
	case opNot:
		arg, err := c.compile(n.args[0], wantAny)
		return func(r *row) cell { return boolCell(!r.truth(arg(r))) }, err
	case opBinary:
		return c.binary(n, w)
	}
	return c.call(n, w)
}

// truth says whether a cell is true: true, or a number that is not 0.
func (r *row) truth(c cell) bool {
	switch c.kind {
	case missing:
		return false
	case boolean:
		return c.i != 0
	case text:
		switch strings.ToLower(string(c.text)) {
		case "true", "yes", "t", "y":
			return true
		case "false", "no", "f", "n":
			return false
		}
	}
	n, ok := c.number()
	if !ok {
		r.fail(fmt.Errorf("true or false expected, got %s", c.show()))
		return false
	}
	return n.float() != 0
}

// isArithmetic says whether an expression is a number by its form.
func isArithmetic(n *node) bool {
	switch n.op {
	case opNumber, opNegate:
		return true
	case opBinary:
		return n.name == "*" || n.name == "/" || n.name == "%" || n.name == "-" || n.name == "+" && (isArithmetic(n.args[0]) || isArithmetic(n.args[1]))
	case opCall:
		f := functions[n.name]
		return f != nil && f.result == wantNumber
	}
	return false
}

// isText says whether an expression is a text by its form.
func isText(n *node) bool {
	switch n.op {
	case opText:
		return true
	case opBinary:
		return n.name == ".." || n.name == "+" && (isText(n.args[0]) || isText(n.args[1]))
	case opCall:
		f := functions[n.name]
		return f != nil && f.result == wantText
	}
	return false
}

func (c *compiler) binary(n *node, w want) (eval, error) {
	operands := wantNumber
	op := n.name
	switch {
	case op == "+" && w == wantTime && !isArithmetic(n):
		op, operands = "at", wantAny
	case op == "..", op == "+" && (w == wantText || isText(n)):
		op, operands = "..", wantText
	case op == "and", op == "or":
		operands = wantAny
	case strings.ContainsAny(op, "=<>"):
		operands = wantAny
		if isText(n.args[0]) || isText(n.args[1]) {
			operands = wantText
		}
	}
	left, err := c.compile(n.args[0], operands)
	if err != nil {
		return nil, err
	}
	right, err := c.compile(n.args[1], operands)
	if err != nil {
		return nil, err
	}
	switch op {
	case "..":
		return func(r *row) cell {
			a, b := r.textOf(left(r)), r.textOf(right(r))
			at := len(r.buf)
			r.buf = append(append(r.buf, a...), b...)
			return r.made(at)
		}, nil
	case "at":
		return func(r *row) cell {
			us, err := r.clock.combine(left(r), right(r))
			if err != nil {
				return r.fail(err)
			}
			return cell{kind: instant, i: us}
		}, nil
	case "and":
		return func(r *row) cell { return boolCell(r.truth(left(r)) && r.truth(right(r))) }, nil
	case "or":
		return func(r *row) cell { return boolCell(r.truth(left(r)) || r.truth(right(r))) }, nil
	case "==", "!=", "<", "<=", ">", ">=":
		return comparison(op, left, right, operands == wantText), nil
	}
	if op == "*" && n.args[1].op == opNumber { // a price in the currency: last*10000
		if by := powerOf(n.args[1]); by >= 0 {
			return func(r *row) cell {
				a := r.numeric(left(r))
				if a.kind == missing {
					return a
				}
				return a.shift(uint8(by))
			}, nil
		}
	}
	return arithmetic(op, left, right), nil
}

// arithmetic computes two numbers. With a missing one the result is missing.
func arithmetic(op string, left, right eval) eval {
	return func(r *row) cell {
		a, b := r.numeric(left(r)), r.numeric(right(r))
		if a.kind == missing || b.kind == missing {
			return cell{}
		}
		switch op {
		case "+":
			return add(a, b, false)
		case "-":
			return add(a, b, true)
		case "*":
			return multiply(a, b)
		case "/":
			if b.float() == 0 {
				return r.fail(fmt.Errorf("%s is divided by 0", a.show()))
			}
			if a.kind == decimal && b.kind == decimal && a.scale == b.scale && a.i%b.i == 0 {
				return integer(a.i / b.i)
			}
			return floatCell(a.float() / b.float())
		}
		if b.float() == 0 {
			return r.fail(fmt.Errorf("%s is divided by 0", a.show()))
		}
		if a.kind == decimal && b.kind == decimal && a.scale == 0 && b.scale == 0 {
			return integer(a.i % b.i)
		}
		return floatCell(math.Mod(a.float(), b.float()))
	}
}

// comparison compares texts or numbers. If both are texts that are no numbers, it
// compares texts.
func comparison(op string, left, right eval, texts bool) eval {
	return func(r *row) cell {
		a, b := left(r), right(r)
		order := 0
		if x, ok := a.number(); !texts && ok && x.kind != missing {
			y := r.numeric(b)
			if y.kind == missing {
				return boolCell(op == "!=")
			}
			order = compare(x, y)
		} else {
			order = bytes.Compare(r.textOf(a), r.textOf(b))
		}
		switch op {
		case "==":
			return boolCell(order == 0)
		case "!=":
			return boolCell(order != 0)
		case "<":
			return boolCell(order < 0)
		case "<=":
			return boolCell(order <= 0)
		case ">":
			return boolCell(order > 0)
		}
		return boolCell(order >= 0)
	}
}

// A function is one that expressions can call.
type function struct {
	args    []want // what its arguments are to be
	most    int    // arguments, if there may be more than args; they are as the last
	least   int    // arguments, if there may be fewer than args
	result  want
	call    func(r *row, args []cell) cell
	prepare func(c *compiler, n *node) (func(r *row, args []cell) cell, error) // in the place of call
}

// recordSides are the sides by their numbers in a tick record.
var recordSides = []byte("BSN")

// functions are those of the language.
var functions map[string]*function

func init() {
	one := func(f func(float64) float64) *function {
		return &function{args: []want{wantNumber}, result: wantNumber, call: func(r *row, args []cell) cell {
			n := r.numeric(args[0])
			if i, ok := n.whole(); n.kind == missing || n.kind == unsigned || ok && n.kind == decimal && i >= 0 {
				return n
			}
			return wholeCell(f(n.float()))
		}}
	}
	texts := func(f func(t []byte) []byte) *function {
		return &function{args: []want{wantText}, result: wantText, call: func(r *row, args []cell) cell {
			if args[0].kind == missing {
				return cell{}
			}
			return textCell(f(r.textOf(args[0])))
		}}
	}
	pick := func(sign int) *function {
		return &function{args: []want{wantNumber}, least: 1, most: 16, result: wantNumber, call: func(r *row, args []cell) cell {
			var best cell
			for _, a := range args {
				n := r.numeric(a)
				if n.kind != missing && (best.kind == missing || compare(n, best) == sign) {
					best = n
				}
			}
			return best
		}}
	}
	since := func(u unit) *function {
		return &function{args: []want{wantNumber}, result: wantTime, call: func(r *row, args []cell) cell {
			n := r.numeric(args[0])
			if n.kind == missing {
				return n
			}
			us, err := unitTime(n, u)
			if err != nil {
				return r.fail(err)
			}
			return cell{kind: instant, i: us}
		}}
	}
	cut := func(f func(t, sep []byte) []byte) *function {
		return &function{args: []want{wantText, wantText}, result: wantText, call: func(r *row, args []cell) cell {
			return textCell(f(r.textOf(args[0]), r.textOf(args[1])))
		}}
	}
	functions = map[string]*function{
		"if": {args: []want{wantAny, wantAny, wantAny}, call: nil}, // compiler.call makes it
		"default": {args: []want{wantAny, wantAny}, call: func(_ *row, args []cell) cell {
			if args[0].kind == missing {
				return args[1]
			}
			return args[0]
		}},
		"abs":   one(math.Abs),
		"floor": one(math.Floor),
		"ceil":  one(math.Ceil),
		"round": one(math.Round),
		"min":   pick(-1),
		"max":   pick(1),
		"number": {args: []want{wantAny}, result: wantNumber, call: func(r *row, args []cell) cell {
			return r.numeric(args[0])
		}},
		"len": {args: []want{wantText}, result: wantNumber, call: func(r *row, args []cell) cell {
			return integer(int64(utf8.RuneCount(r.textOf(args[0]))))
		}},
		"text":  texts(func(t []byte) []byte { return t }),
		"lower": texts(bytes.ToLower),
		"upper": texts(bytes.ToUpper),
		"sub": {args: []want{wantText, wantNumber, wantNumber}, least: 2, result: wantText, call: func(r *row, args []cell) cell {
			t := r.textOf(args[0])
			from, to := int64(1), int64(len(t))
			var ok1, ok2 bool
			from, ok1 = r.numeric(args[1]).whole()
			ok2 = true
			if len(args) > 2 {
				to, ok2 = r.numeric(args[2]).whole()
			}
			if !ok1 || !ok2 {
				return r.fail(fmt.Errorf("sub: whole numbers expected"))
			}
			size := int64(len(t))
			if from < 0 {
				from = max(size+from+1, 1)
			}
			if to < 0 {
				to = size + to + 1
			}
			from, to = max(from, 1), min(to, size)
			if from > to {
				return textCell(nil)
			}
			return textCell(t[from-1 : to])
		}},
		"replace": {args: []want{wantText, wantText, wantText}, result: wantText, call: func(r *row, args []cell) cell {
			old := r.textOf(args[1])
			if len(old) == 0 {
				return r.fail(fmt.Errorf("replace: a text that is not empty expected"))
			}
			return textCell(bytes.ReplaceAll(r.textOf(args[0]), old, r.textOf(args[2])))
		}},
		"before": cut(func(t, sep []byte) []byte { before, _, _ := bytes.Cut(t, sep); return before }),
		"after":  cut(func(t, sep []byte) []byte { _, after, _ := bytes.Cut(t, sep); return after }),
		"match":  {args: []want{wantText, wantText}, result: wantText, prepare: prepareMatch},
		"recordside": {args: []want{wantNumber}, result: wantText, call: func(r *row, args []cell) cell {
			n := r.numeric(args[0])
			i, ok := n.whole()
			if n.kind == missing || !ok || i < 0 || i > 2 {
				if n.kind != missing {
					r.fail(fmt.Errorf("0 (B), 1 (S) or 2 (N) expected, got %s", args[0].show()))
				}
				return cell{}
			}
			return textCell(recordSides[i : i+1])
		}},
		"base64": {args: []want{wantText}, result: wantText, call: func(r *row, args []cell) cell {
			if args[0].kind == missing {
				return cell{}
			}
			t := r.textOf(args[0])
			at := len(r.buf)
			var err error
			if r.buf, err = base64.StdEncoding.AppendDecode(r.buf, t); err != nil {
				return r.fail(fmt.Errorf("base64 expected, got %s", args[0].show()))
			}
			return r.made(at)
		}},
		"time": {args: []want{wantTime}, result: wantTime, call: func(r *row, args []cell) cell {
			if args[0].kind == missing {
				return cell{}
			}
			us, err := r.clock.read(args[0])
			if err != nil {
				return r.fail(err)
			}
			return cell{kind: instant, i: us}
		}},
		"tradingday": {args: []want{wantTime}, result: wantNumber, call: func(r *row, args []cell) cell {
			if args[0].kind == missing {
				return cell{}
			}
			us, err := r.clock.read(args[0])
			if err != nil {
				return r.fail(err)
			}
			return integer(r.clock.tradingDay(us))
		}},
		"seconds": since(1),
		"millis":  since(1e3),
		"micros":  since(1e6),
		"nanos":   since(1e9),
	}
}

// wholeCell returns a float, as a decimal if it is whole.
func wholeCell(f float64) cell {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return integer(int64(f))
	}
	return floatCell(f)
}

// prepareMatch compiles the regular expression of match.
func prepareMatch(c *compiler, n *node) (func(r *row, args []cell) cell, error) {
	if n.args[1].op != opText {
		return nil, c.errorf(n.args[1], "a regular expression in quotes expected")
	}
	re, err := regexp.Compile(n.args[1].name)
	if err != nil {
		return nil, c.errorf(n.args[1], "a regular expression expected: %v", err)
	}
	return func(r *row, args []cell) cell {
		found := re.FindSubmatch(r.textOf(args[0]))
		if found == nil {
			return cell{}
		}
		for _, part := range found[1:] {
			if part != nil {
				return textCell(part)
			}
		}
		return textCell(found[0])
	}, nil
}

func (c *compiler) call(n *node, w want) (eval, error) {
	f := functions[n.name]
	if f == nil {
		names := make([]string, 0, len(functions))
		for name := range functions {
			names = append(names, name)
		}
		slices.Sort(names)
		if near := suggest.Nearest(n.name, names); near != "" {
			return nil, c.errorf(n, "there is no function %q; did you mean %q?", n.name, near)
		}
		return nil, c.errorf(n, "there is no function %q; there are %s", n.name, strings.Join(names, ", "))
	}
	least, most := len(f.args), max(len(f.args), f.most)
	if f.least > 0 {
		least = f.least
	}
	if len(n.args) < least || len(n.args) > most {
		count := fmt.Sprint(least)
		if most != least {
			count = fmt.Sprintf("%d to %d", least, most)
		}
		return nil, c.errorf(n, "%s: %s arguments expected, got %d", n.name, count, len(n.args))
	}
	args := make([]eval, len(n.args))
	for i, arg := range n.args {
		aw := f.args[min(i, len(f.args)-1)]
		if n.name == "if" && i > 0 || n.name == "default" {
			aw = w
		}
		var err error
		if args[i], err = c.compile(arg, aw); err != nil {
			return nil, err
		}
	}
	if n.name == "if" {
		return func(r *row) cell {
			if r.truth(args[0](r)) {
				return args[1](r)
			}
			return args[2](r)
		}, nil
	}
	call := f.call
	if f.prepare != nil {
		var err error
		if call, err = f.prepare(c, n); err != nil {
			return nil, err
		}
	}
	values := make([]cell, len(args)) // nothing calls itself
	return func(r *row) cell {
		for i, arg := range args {
			values[i] = arg(r)
		}
		return call(r, values)
	}, nil
}
