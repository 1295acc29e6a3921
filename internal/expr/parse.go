package expr

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// deepest is how many parentheses and signs may stand around a part of an expression.
const deepest = 200

// Parse reads an expression: numbers, names, + - * / ^, comparisons as in Lua, parentheses
// and the functions abs, log, exp, sqrt of one argument, min and max of two. Operators
// bind as in Lua.
func Parse(text string) (*Expr, error) {
	p := parser{text: text}
	p.next()
	root := p.expression(0)
	if p.err == nil && p.token != "" {
		p.expected("an operator")
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Expr{text, p.names, root, root.depth()}, nil
}

type parser struct {
	text  string
	at    int    // where the token begins
	token string // "" at the end
	deep  int
	names []string
	err   error // the first
}

// expected sets the error of the current token.
func (p *parser) expected(what string) node {
	got := "the end"
	if p.token != "" {
		got = strconv.Quote(p.token)
	}
	return p.fail(fmt.Errorf("expression %q: %s expected, got %s at byte %d", p.text, what, got, p.at+1))
}

func (p *parser) fail(err error) node {
	if p.err == nil {
		p.err = err
	}
	p.token = ""
	return constant(0)
}

// next reads the next token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	p.at += len(p.token)
	rest := p.text[p.at:]
	trimmed := strings.TrimLeft(rest, " \t\r\n")
	p.at += len(rest) - len(trimmed)
	p.token = trimmed[:tokenLength(trimmed)]
}

func tokenLength(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case text == "":
		return 0
	case isDigit(text[0]) || text[0] == '.':
		return numberLength(text)
	case isLetter(first):
		if end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) && !unicode.IsDigit(r) }); end >= 0 {
			return end
		}
		return len(text)
	case len(text) > 1 && text[1] == '=' && strings.IndexByte("<>=~", text[0]) >= 0:
		return 2
	}
	return size
}

// numberLength returns the length of what looks like a number: digits, points, and an
// exponent.
func numberLength(text string) int {
	n := 0
	for n < len(text) && (isDigit(text[n]) || text[n] == '.') {
		n++
	}
	if n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		end := n + 1
		if end < len(text) && (text[end] == '+' || text[end] == '-') {
			end++
		}
		for end < len(text) && isDigit(text[end]) {
			end++
			n = end
		}
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) }

// powers says how tightly the operators bind.
var powers = map[string]int{
	"<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "~=": 1,
	"+": 2, "-": 2, "*": 3, "/": 3, "^": 5,
}

const signPower = 4

// expression reads operands and the operators between them that bind more tightly than
// least.
func (p *parser) expression(least int) node {
	if p.deep++; p.deep > deepest {
		return p.fail(fmt.Errorf("expression %.40q...: too many parentheses and signs", p.text))
	}
	defer func() { p.deep-- }()
	x := p.operand()
	for p.err == nil {
		op := p.token
		power := powers[op]
		if power <= least {
			break
		}
		p.next()
		if op == "^" {
			power-- // 2^3^2 is 2^9
		}
		x = binary{binaries[op], x, p.expression(power)}
	}
	return x
}

func (p *parser) operand() node {
	token := p.token
	first, _ := utf8.DecodeRuneInString(token)
	switch {
	case token == "-":
		p.next()
		return unary{func(x float64) float64 { return -x }, p.expression(signPower)}
	case token == "(":
		p.next()
		x := p.expression(0)
		p.skip(")")
		return x
	case token != "" && (isDigit(token[0]) || token[0] == '.'):
		n, err := strconv.ParseFloat(token, 64)
		if err != nil {
			return p.expected("a number")
		}
		p.next()
		return constant(n)
	case token != "" && isLetter(first):
		p.next()
		if p.token == "(" {
			return p.call(token)
		}
		return p.name(token)
	}
	return p.expected("a name or a number")
}

func (p *parser) name(name string) node {
	i := slices.Index(p.names, name)
	if i < 0 {
		i = len(p.names)
		p.names = append(p.names, name)
	}
	return column(i)
}

// call reads the arguments of a function.
func (p *parser) call(name string) node {
	one, two := unaries[name], binaries[name]
	if one == nil && two == nil {
		known := append(slices.Collect(maps.Keys(unaries)), "min", "max")
		slices.Sort(known)
		return p.fail(fmt.Errorf("expression %q: there is no function %q; there are %s", p.text, name, strings.Join(known, ", ")))
	}
	p.next()
	x := p.expression(0)
	if one != nil {
		p.skip(")")
		return unary{one, x}
	}
	p.skip(",")
	y := p.expression(0)
	p.skip(")")
	return binary{two, x, y}
}

func (p *parser) skip(token string) {
	if p.token != token {
		p.expected(strconv.Quote(token))
		return
	}
	p.next()
}
