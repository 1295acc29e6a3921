package frame

import (
	"fmt"
	"strconv"
	"strings"
)

// operand returns the column that an aggregate works on: a column of f by its name, or the
// values of an expression of columns such as "ask - bid".
func (f *Frame) operand(h Host, text string) (*Column, error) {
	if c := f.find(text); c != nil {
		return c, nil
	}
	p := parser{host: h, frame: f, text: text}
	values, err := p.whole()
	if err != nil {
		return nil, err
	}
	return NewFloats(text, values), nil
}

// Calculate returns the values of an expression of columns: names and numbers with + - * /
// and parentheses.
func (f *Frame) Calculate(h Host, text string) ([]float64, error) {
	c, err := f.operand(h, text)
	if err != nil {
		return nil, err
	}
	return c.Floats(h)
}

// parser computes the values of an expression while it reads it.
type parser struct {
	host  Host
	frame *Frame
	text  string
	at    int
	depth int
}

// mostDepth is how many parentheses and signs an expression may have within each other.
const mostDepth = 100

func (p *parser) whole() ([]float64, error) {
	values, err := p.sum()
	if err != nil {
		return nil, err
	}
	if c := p.peek(); c != 0 {
		return nil, p.errorf("an operator or the end expected before %q", c)
	}
	return values, nil
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("expression %q: %w", p.text, fmt.Errorf(format, args...))
}

// peek skips spaces and returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// sum reads products with + and - between them.
func (p *parser) sum() ([]float64, error) {
	left, err := p.product()
	for err == nil {
		op := p.peek()
		if op != '+' && op != '-' {
			return left, nil
		}
		p.at++
		var right []float64
		if right, err = p.product(); err == nil {
			left = p.combine(op, left, right)
		}
	}
	return nil, err
}

// product reads factors with * and / between them.
func (p *parser) product() ([]float64, error) {
	left, err := p.factor()
	for err == nil {
		op := p.peek()
		if op != '*' && op != '/' {
			return left, nil
		}
		p.at++
		var right []float64
		if right, err = p.factor(); err == nil {
			left = p.combine(op, left, right)
		}
	}
	return nil, err
}

// factor reads a name, a number, or a sum in parentheses, after signs.
func (p *parser) factor() ([]float64, error) {
	if p.depth++; p.depth > mostDepth {
		return nil, p.errorf("more than %d parentheses and signs within each other", mostDepth)
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); {
	case c == 0:
		return nil, p.errorf("a name or a number expected at the end")
	case c == '-':
		p.at++
		values, err := p.factor()
		if err != nil {
			return nil, err
		}
		return p.combine('-', p.constant(0), values), nil
	case c == '(':
		p.at++
		values, err := p.sum()
		if err != nil {
			return nil, err
		}
		if p.peek() != ')' {
			return nil, p.errorf("a closing parenthesis expected")
		}
		p.at++
		return values, nil
	case '0' <= c && c <= '9' || c == '.':
		return p.number()
	}
	return p.name()
}

// number reads a number.
func (p *parser) number() ([]float64, error) {
	start := p.at
	for p.at < len(p.text) && (strings.IndexByte("0123456789.eE", p.text[p.at]) >= 0 ||
		(p.text[p.at] == '-' || p.text[p.at] == '+') && (p.text[p.at-1]|0x20) == 'e') {
		p.at++
	}
	v, err := strconv.ParseFloat(p.text[start:p.at], 64)
	if err != nil {
		return nil, p.errorf("a number expected, got %q", p.text[start:p.at])
	}
	return p.constant(v), nil
}

// name reads the name of a column.
func (p *parser) name() ([]float64, error) {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(" +-*/()", p.text[p.at]) < 0 {
		p.at++
	}
	if start == p.at {
		return nil, p.errorf("a name or a number expected before %q", p.text[start])
	}
	c, err := p.frame.Column(p.text[start:p.at])
	if err != nil {
		return nil, err
	}
	return c.Floats(p.host)
}

// constant returns a value for each row.
func (p *parser) constant(v float64) []float64 {
	p.host.Room(p.frame.rows * 8)
	values := make([]float64, p.frame.rows)
	for i := range values {
		values[i] = v
	}
	return values
}

// combine computes an operation on each row.
func (p *parser) combine(op byte, a, b []float64) []float64 {
	p.host.Room(len(a) * 8)
	to := make([]float64, len(a))
	inSteps(p.host, len(a), func(from, end int) {
		a, b, to := a[from:end], b[from:end], to[from:end]
		switch op {
		case '+':
			for i := range to {
				to[i] = a[i] + b[i]
			}
		case '-':
			for i := range to {
				to[i] = a[i] - b[i]
			}
		case '*':
			for i := range to {
				to[i] = a[i] * b[i]
			}
		default:
			for i := range to {
				to[i] = a[i] / b[i]
			}
		}
	})
	return to
}
