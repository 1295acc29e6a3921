package ffi

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// binaryOperators are the operators of constants, by how tightly they bind.
var binaryOperators = map[string]struct {
	binding int
	compute func(x, y int64) int64
}{
	"|":  {1, func(x, y int64) int64 { return x | y }},
	"^":  {2, func(x, y int64) int64 { return x ^ y }},
	"&":  {3, func(x, y int64) int64 { return x & y }},
	"<<": {4, func(x, y int64) int64 { return x << (y & 63) }},
	">>": {4, func(x, y int64) int64 { return x >> (y & 63) }},
	"+":  {5, func(x, y int64) int64 { return x + y }},
	"-":  {5, func(x, y int64) int64 { return x - y }},
	"*":  {6, func(x, y int64) int64 { return x * y }},
	"/":  {6, func(x, y int64) int64 { return x / y }},
	"%":  {6, func(x, y int64) int64 { return x % y }},
}

// constant reads an expression of integers. ok is false if it has other parts.
func (p *parser) constant() (n int64, ok bool) { return p.expression(0, 0) }

// expression reads operands and the operators between them that bind more tightly than
// least. depth says how many expressions it is in.
func (p *parser) expression(least, depth int) (n int64, ok bool) {
	n, ok = p.operand(depth)
	for ok {
		op, known := binaryOperators[p.token]
		if p.kind != tokenSign || !known || op.binding <= least {
			return n, true
		}
		isDivision := p.is("/") || p.is("%")
		p.next()
		y, isConstant := p.expression(op.binding, depth+1)
		if !isConstant || isDivision && y == 0 {
			return 0, false
		}
		n = op.compute(n, y)
	}
	return n, ok
}

// operand reads a number, a character, a constant, or an expression in parentheses.
func (p *parser) operand(depth int) (n int64, ok bool) {
	const deepest = 100
	token, kind := p.token, p.kind
	if p.next(); depth > deepest {
		return 0, false
	}
	switch kind {
	case tokenNumber:
		return number(token)
	case tokenQuoted:
		return int64(int8(token[min(1, len(token)-1)])), len(token) == len("'a'") && token[0] == '\''
	case tokenName:
		return p.Constant(token)
	}
	switch token {
	case "(":
		n, ok = p.expression(0, depth+1)
		return n, ok && p.accept(")")
	case "-":
		n, ok = p.operand(depth + 1)
		return -n, ok
	case "+":
		return p.operand(depth + 1)
	case "~":
		n, ok = p.operand(depth + 1)
		return ^n, ok
	}
	return 0, false
}

// number returns the value of an integer of C, at most 2^63-1.
func number(token string) (n int64, ok bool) {
	digits := strings.TrimRight(strings.ToLower(token), "ul")
	n, err := strconv.ParseInt(digits, 0, 64)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxInt64, true
	}
	return n, err == nil && !strings.Contains(digits, "_")
}
