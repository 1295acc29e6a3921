package importer

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An expression says how a field of a tick is made of the columns of a file:
//
//	expr     = and { "or" and }
//	and      = not { "and" not }
//	not      = "not" not | sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
//	sum      = product { ("+" | "-" | "..") product }
//	product  = unary { ("*" | "/" | "%") unary }
//	unary    = "-" unary | "(" expr ")" | number | text | column | name "(" [ expr { "," expr } ] ")"
//	column   = name | "`" any "`" | "$" digits
//	text     = "'" any "'" | '"' any '"', a quote in it doubled
//
// $1 is the first column. The name file is the file's name without its endings. docs/import.md explains the rest.

const (
	maxExpr  = 4096 // bytes
	maxDepth = 64   // of brackets
)

// node is a part of an expression.
type node struct {
	op   op
	name string // of a column or function; the text of a literal; an operator
	num  cell   // of a number
	args []*node
	at   int // where it begins
}

type op uint8

const (
	opNumber op = iota
	opText
	opColumn   // a column with a name
	opPosition // a column by its position: num
	opBinary
	opNegate
	opNot
	opCall
)

// An ExprError says what is wrong with an expression.
type ExprError struct {
	Expr string
	At   int // the byte of Expr where it is
	What string
}

func (e *ExprError) Error() string {
	return fmt.Sprintf("%q, at %d: %s", e.Expr, utf8.RuneCountInString(e.Expr[:min(e.At, len(e.Expr))])+1, e.What)
}

// parseExpr reads an expression. The error is an *ExprError.
func parseExpr(src string) (n *node, err error) {
	p := exprParser{src: src}
	if len(src) > maxExpr {
		return nil, p.errorf(0, "at most %d bytes expected, got %d", maxExpr, len(src))
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	if n, err = p.expr(0); err != nil {
		return nil, err
	}
	if p.tok != tokEnd {
		return nil, p.unexpected("an operator or the end")
	}
	return n, nil
}

type token uint8

const (
	tokEnd token = iota
	tokNumber
	tokText
	tokName
	tokColumn
	tokPosition
	tokOp
)

type exprParser struct {
	src  string
	at   int // behind the current token
	from int // where the current token begins
	tok  token
	text string // of the current token
	num  cell
}

func (p *exprParser) errorf(at int, format string, args ...any) error {
	return &ExprError{p.src, at, fmt.Sprintf(format, args...)}
}

func (p *exprParser) unexpected(want string) error {
	got := "the end"
	if p.tok != tokEnd {
		got = fmt.Sprintf("%q", p.src[p.from:p.at])
	}
	return p.errorf(p.from, "%s expected, got %s", want, got)
}

// next reads the next token.
func (p *exprParser) next() error {
	for p.at < len(p.src) && (p.src[p.at] == ' ' || p.src[p.at] == '\t' || p.src[p.at] == '\n') {
		p.at++
	}
	p.from = p.at
	if p.at == len(p.src) {
		p.tok = tokEnd
		return nil
	}
	rest := p.src[p.at:]
	switch c := rest[0]; {
	case c == '\'' || c == '"' || c == '`':
		return p.quoted(c)
	case c == '$':
		n := 1
		for n < len(rest) && rest[n]-'0' <= 9 {
			n++
		}
		num, ok := parseNumber([]byte(rest[1:n]))
		if !ok || num.kind != decimal || num.i < 1 || num.i > 1e4 {
			return p.errorf(p.from, "the number of a column, as in $1, expected")
		}
		p.tok, p.num = tokPosition, num
		p.at += n
		return nil
	case c-'0' <= 9 || c == '.' && len(rest) > 1 && rest[1]-'0' <= 9:
		return p.number(rest)
	}
	r, size := utf8.DecodeRuneInString(rest)
	if r == '_' || unicode.IsLetter(r) {
		n := size
		for n < len(rest) {
			r, size := utf8.DecodeRuneInString(rest[n:])
			if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				break
			}
			n += size
		}
		p.tok, p.text = tokName, rest[:n]
		p.at += n
		return nil
	}
	for _, o := range []string{"==", "!=", "<=", ">=", "..", "<", ">", "+", "-", "*", "/", "%", "(", ")", ","} {
		if strings.HasPrefix(rest, o) {
			p.tok, p.text = tokOp, o
			p.at += len(o)
			return nil
		}
	}
	return p.errorf(p.from, "a column, a number or a text expected, got %q", string(r))
}

// quoted reads a text or a column between quotes. A doubled quote is one.
func (p *exprParser) quoted(quote byte) error {
	var b strings.Builder
	for i := p.at + 1; i < len(p.src); i++ {
		c := p.src[i]
		if c == quote {
			if i+1 == len(p.src) || p.src[i+1] != quote {
				p.at, p.text, p.tok = i+1, b.String(), tokText
				if quote == '`' {
					p.tok = tokColumn
				}
				return nil
			}
			i++
		}
		b.WriteByte(c)
	}
	return p.errorf(p.from, "the quote %c has no end", quote)
}

func (p *exprParser) number(rest string) error {
	n := 0
	for n < len(rest) && (rest[n]-'0' <= 9 || rest[n] == '.' && !strings.HasPrefix(rest[n:], "..")) {
		n++
	}
	if n < len(rest) && rest[n]|0x20 == 'e' {
		m := n + 1
		if m < len(rest) && (rest[m] == '+' || rest[m] == '-') {
			m++
		}
		if m < len(rest) && rest[m]-'0' <= 9 {
			for n = m; n < len(rest) && rest[n]-'0' <= 9; {
				n++
			}
		}
	}
	num, ok := parseNumber([]byte(rest[:n]))
	if !ok {
		return p.errorf(p.from, "a number expected, got %q", rest[:n])
	}
	if i, whole := num.whole(); num.kind == float && whole && float64(i) == num.f {
		num = integer(i)
	}
	p.tok, p.num = tokNumber, num
	p.at += n
	return nil
}

// isWord says whether the current token is a word such as "and".
func (p *exprParser) isWord(word string) bool {
	return p.tok == tokName && p.text == word
}

func (p *exprParser) isOp(ops ...string) bool {
	if p.tok != tokOp {
		return false
	}
	for _, o := range ops {
		if p.text == o {
			return true
		}
	}
	return false
}

func (p *exprParser) expr(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, p.errorf(p.from, "at most %d levels of brackets expected", maxDepth)
	}
	return p.binary(depth, p.and, func() bool { return p.isWord("or") })
}

func (p *exprParser) and(depth int) (*node, error) {
	return p.binary(depth, p.not, func() bool { return p.isWord("and") })
}

func (p *exprParser) not(depth int) (*node, error) {
	if p.isWord("not") {
		if depth > maxDepth {
			return nil, p.errorf(p.from, "at most %d levels expected", maxDepth)
		}
		at := p.from
		if err := p.next(); err != nil {
			return nil, err
		}
		arg, err := p.not(depth + 1)
		return &node{op: opNot, args: []*node{arg}, at: at}, err
	}
	left, err := p.sum(depth)
	if err != nil || !p.isOp("==", "!=", "<", "<=", ">", ">=") {
		return left, err
	}
	return p.operator(left, depth, p.sum)
}

func (p *exprParser) sum(depth int) (*node, error) {
	return p.binary(depth, p.product, func() bool { return p.isOp("+", "-", "..") })
}

func (p *exprParser) product(depth int) (*node, error) {
	return p.binary(depth, p.unary, func() bool { return p.isOp("*", "/", "%") })
}

// binary reads operands with operators of one rank between them.
func (p *exprParser) binary(depth int, operand func(int) (*node, error), isOperator func() bool) (*node, error) {
	left, err := operand(depth)
	for err == nil && isOperator() {
		left, err = p.operator(left, depth, operand)
	}
	return left, err
}

// operator reads an operator and its right operand.
func (p *exprParser) operator(left *node, depth int, operand func(int) (*node, error)) (*node, error) {
	n := &node{op: opBinary, name: p.text, at: p.from}
	if err := p.next(); err != nil {
		return nil, err
	}
	right, err := operand(depth)
	n.args = []*node{left, right}
	return n, err
}

func (p *exprParser) unary(depth int) (n *node, err error) {
	if depth > maxDepth {
		return nil, p.errorf(p.from, "at most %d levels of brackets expected", maxDepth)
	}
	at := p.from
	switch {
	case p.isOp("-"):
		if err := p.next(); err != nil {
			return nil, err
		}
		arg, err := p.unary(depth + 1)
		return &node{op: opNegate, args: []*node{arg}, at: at}, err
	case p.isOp("("):
		if err := p.next(); err != nil {
			return nil, err
		}
		if n, err = p.expr(depth + 1); err != nil {
			return nil, err
		}
		if !p.isOp(")") {
			return nil, p.unexpected(`")"`)
		}
		return n, p.next()
	case p.tok == tokNumber:
		return &node{op: opNumber, num: p.num, at: at}, p.next()
	case p.tok == tokText:
		return &node{op: opText, name: p.text, at: at}, p.next()
	case p.tok == tokPosition:
		return &node{op: opPosition, num: p.num, at: at}, p.next()
	case p.tok == tokColumn:
		return &node{op: opColumn, name: p.text, at: at}, p.next()
	case p.tok == tokName && p.text != "and" && p.text != "or" && p.text != "not":
		name := p.text
		if err := p.next(); err != nil {
			return nil, err
		}
		if p.isOp("(") {
			return p.call(name, at, depth)
		}
		return &node{op: opColumn, name: name, at: at}, nil
	}
	return nil, p.unexpected("a column, a number or a text")
}

// call reads the arguments of a function.
func (p *exprParser) call(name string, at, depth int) (*node, error) {
	n := &node{op: opCall, name: name, at: at}
	if err := p.next(); err != nil {
		return nil, err
	}
	for !p.isOp(")") {
		if len(n.args) > 0 {
			if !p.isOp(",") {
				return nil, p.unexpected(`"," or ")"`)
			}
			if err := p.next(); err != nil {
				return nil, err
			}
		}
		arg, err := p.expr(depth + 1)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
	}
	return n, p.next()
}

// columns calls use with each column of the expression.
func (n *node) columns(use func(*node)) {
	if n.op == opColumn || n.op == opPosition {
		use(n)
	}
	for _, arg := range n.args {
		arg.columns(use)
	}
}
