package ffi

import (
	"fmt"
	"strings"
)

// parser reads declarations of C.
type parser struct {
	*Declarations
	lexer
}

// base is the type that a declaration begins with.
type base struct {
	t      *ctype
	opaque error // why it is only available to point to; nil if it is available
}

// ignored are words that change no type.
var ignored = map[string]bool{
	"const": true, "volatile": true, "restrict": true, "__const": true, "__restrict": true, "__restrict__": true,
	"static": true, "extern": true, "inline": true, "__inline": true, "__inline__": true, "register": true, "__extension__": true,
}

// typeWords are the words that name the types of C, one or several together.
var typeWords = map[string]bool{
	"void": true, "bool": true, "_Bool": true, "char": true, "short": true, "int": true, "long": true,
	"float": true, "double": true, "signed": true, "unsigned": true,
}

// specifiers reads the words that a declaration begins with, before stars and names.
func (p *parser) specifiers() (b base, err error) {
	const mostWords = 5 // of a type: signed long long int, and one too many
	var words []string
	for found := false; p.kind == tokenName; {
		switch {
		case ignored[p.token]:
			p.next()
		case p.is("__attribute__") || p.is("__declspec"):
			p.next()
			p.skipParentheses()
		case found:
			return b, err // it is the name of what is declared
		case typeWords[p.token]:
			if len(words) < mostWords {
				words = append(words, p.token)
			}
			p.next()
		case len(words) > 0:
			b.t, err = combined(words)
			found = true
		case p.is("struct") || p.is("union") || p.is("enum"):
			b = p.tagged()
			found = true
		default:
			b, err = p.named(p.token)
			found = true
			p.next()
		}
	}
	if len(words) > 0 && b.t == nil && err == nil {
		b.t, err = combined(words)
	}
	if b.t == nil && err == nil {
		err = unsupported(p.token)
	}
	return b, err
}

// named returns the type of a name that is none of C's words.
func (d *Declarations) named(name string) (base, error) {
	if t := d.types[name]; t != nil {
		return base{t: t}, nil
	}
	if why := d.unavailable[name]; why != nil {
		return base{voidType, why}, nil
	}
	if t := baseTypes[name]; t != nil {
		return base{t: t}, nil
	}
	return base{}, unknown(name)
}

func unknown(name string) error {
	return typeErrorf("C type %q is unknown: declare it by ffi.cdef", name)
}

// combined returns the type that some of C's words name together, in any order.
func combined(words []string) (*ctype, error) {
	count := map[string]int{}
	for _, w := range words {
		count[w]++
	}
	sign := ""
	if count["unsigned"] == 1 && count["signed"] == 0 {
		sign = "unsigned "
	}
	rest := len(words) - count["unsigned"] - count["signed"]
	name := "" // for what is no integer
	switch last := strings.Join(words, " "); {
	case count["unsigned"]+count["signed"] > 1 || count["int"] > 1:
	case count["char"] == 1 && rest == 1:
		name = sign + "char"
	case count["short"] == 1 && rest == 1+count["int"]:
		name = sign + "short"
	case count["long"] > 0 && count["long"] <= 2 && rest == count["long"]+count["int"]:
		name = map[string]string{"": "int64_t", "unsigned ": "uint64_t"}[sign]
	case rest == count["int"]:
		name = sign + "int"
	case rest == 1 && len(words) == 1:
		name = last
	}
	if t := baseTypes[name]; t != nil {
		return t, nil
	}
	return nil, unknown(strings.Join(words, " "))
}

// tagged reads a struct, union or enum. An enum is an unsigned int; its constants are
// declared.
func (p *parser) tagged() base {
	isEnum := p.is("enum")
	p.next()
	name := "(anonymous)"
	if p.kind == tokenName {
		name = p.token
		p.next()
	}
	if !isEnum {
		p.skipBody()
		return base{voidType, structError(name)}
	}
	if p.accept("{") {
		p.enumerators()
	}
	return base{t: uintType}
}

// enumerators reads the constants of an enum, and the closing brace.
func (p *parser) enumerators() {
	n, known := int64(0), true
	for p.kind == tokenName {
		name := p.token
		p.next()
		if p.accept("=") {
			n, known = p.constant()
			known = known && (p.is(",") || p.is("}"))
		}
		if known {
			p.addConstant(name, n)
		}
		n++
		for !known && !p.is(",") && !p.is("}") && p.kind != tokenEnd {
			p.next()
		}
		p.accept(",")
	}
	p.accept("}")
}

// declarator reads the stars, the name, if there is one, and the brackets behind a base.
// Of a pointer to a function or an array it reads only the name. Errors name what, or
// else the name.
func (p *parser) declarator(b base, what string) (name string, t *ctype, err error) {
	t = b.t
	for ; p.is("*") || p.kind == tokenName && ignored[p.token]; p.next() {
		if !p.is("*") || err != nil || t == nil {
			continue
		}
		if t.depth >= maxDepth {
			err = typeErrorf("C type %q has too many parts", shorten(what))
			continue
		}
		t = pointerTo(t)
	}
	isGroup := false
	for p.is("(") || p.is("*") && isGroup {
		isGroup = true
		p.next()
	}
	if p.kind == tokenName {
		name = p.token
		p.next()
	}
	if what == "" {
		what = name
	}
	if isGroup {
		p.accept(")")
	}
	if isFunction := p.skipParentheses(); err == nil && (isGroup || isFunction || t == nil) {
		err = unsupported(shorten(what))
	}
	if err != nil {
		return name, t, err
	}
	if t == b.t && b.opaque != nil {
		if err = b.opaque; what == name {
			err = structError(name)
		}
		return name, t, err
	}
	t, err = p.array(t, shorten(what))
	return name, t, err
}

// shorten returns a text of a script as messages show it.
func shorten(text string) string {
	const longest = 80 // bytes
	if text = strings.TrimSpace(text); len(text) > longest {
		return text[:longest] + "..."
	}
	return text
}

// array reads the brackets behind a declarator, and returns the type of the array.
func (p *parser) array(elem *ctype, what string) (*ctype, error) {
	var lengths []int
	for p.accept("[") {
		n, err := p.length(what)
		if err != nil {
			return nil, err
		}
		if lengths = append(lengths, n); elem.depth+len(lengths) > maxDepth {
			return nil, typeErrorf("C type %q has too many parts", what)
		}
	}
	for i := len(lengths) - 1; i >= 0; i-- {
		n := lengths[i]
		switch {
		case elem.kind == cVoid:
			return nil, fmt.Errorf("array of void in C type %q", what)
		case elem.kind == cArray && elem.n < 0:
			return nil, typeErrorf("C type %q is not available: only the first length of an array may be unknown", what)
		case n > maxBytes/max(elem.size, 1):
			return nil, typeErrorf("C type %q is too large", what)
		}
		elem = arrayOf(elem, n)
	}
	return elem, nil
}

// length reads the length of an array, and the closing bracket. -1 is an unknown one.
func (p *parser) length(what string) (int, error) {
	if p.accept("?") || p.is("]") {
		if !p.accept("]") {
			return 0, unsupported(what)
		}
		return -1, nil
	}
	n, ok := p.constant()
	if !ok || n < 0 || !p.accept("]") {
		return 0, unsupported(what)
	}
	return int(n), nil
}

// skipBody skips what stands in braces. It returns false if there are none.
func (p *parser) skipBody() bool { return p.skipGroup("{", "}") }

// skipParentheses skips what stands in parentheses.
func (p *parser) skipParentheses() bool { return p.skipGroup("(", ")") }

func (p *parser) skipGroup(open, end string) bool {
	if !p.accept(open) {
		return false
	}
	for depth := 1; depth > 0 && p.kind != tokenEnd; p.next() {
		switch {
		case p.is(open):
			depth++
		case p.is(end):
			depth--
		}
	}
	return true
}
