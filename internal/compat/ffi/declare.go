package ffi

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Declarations are the types that a script declared by ffi.cdef. The zero value
// holds none and is ready for use. It is for one goroutine.
type Declarations struct {
	types   map[string]*ctype // by the names of typedefs; void for an opaque struct
	structs map[string]bool   // names of structs and unions with fields, and of enums
}

// typeError says why a C type is not available. It begins with a capital C, as
// scripts see it.
type typeError string

func (e typeError) Error() string { return string(e) }

func typeErrorf(format string, args ...any) error { return typeError(fmt.Sprintf(format, args...)) }

// Check returns why a C type such as "const uint8_t *" is not available, or nil.
func (d *Declarations) Check(text string) error {
	_, err := d.parse(text)
	return err
}

// typeText takes a type apart: words, stars, and what stands in brackets.
var typeText = regexp.MustCompile(`^((?:[A-Za-z_][A-Za-z0-9_]*\s*)+)((?:\*\s*(?:const\s*)?)*)\s*(?:\[\s*(\?|[0-9]*)\s*\])?$`)

// parse reads a type such as "const uint8_t *" or "char[18]".
func (d *Declarations) parse(text string) (*ctype, error) {
	text = strings.TrimSpace(text)
	m := typeText.FindStringSubmatch(text)
	if m == nil {
		return nil, typeErrorf("C type %q is not available in microts: it has numbers, pointers to them and arrays of both", text)
	}
	words, stars, length := m[1], m[2], m[3]
	pointers := strings.Count(stars, "*")
	t, err := d.named(words, pointers > 0)
	if err != nil {
		return nil, err
	}
	for range pointers {
		t = pointerTo(t)
	}
	if !strings.HasSuffix(text, "]") {
		return t, nil
	}
	return parseArray(t, length, text)
}

// named returns the type that the words of a type name. A struct is available
// only to point to.
func (d *Declarations) named(words string, isPointer bool) (*ctype, error) {
	var names []string
	isStruct := false
	for w := range strings.FieldsSeq(words) {
		switch w {
		case "const", "volatile", "restrict":
		case "struct", "union", "enum":
			isStruct = true
		default:
			names = append(names, w)
		}
	}
	name := strings.Join(names, " ")
	t := baseTypes[name]
	if t == nil {
		t = d.types[name]
	}
	switch {
	case t != nil && !isStruct:
		return t, nil
	case !d.structs[name] && !isStruct:
		return nil, typeErrorf("C type %q is unknown: declare it by ffi.cdef", name)
	case isPointer:
		return voidType, nil
	}
	return nil, typeErrorf("C struct %q is not available in microts: use a Lua table, and string.pack and string.unpack for its bytes", name)
}

// parseArray returns an array of elem; length is what stands in its brackets.
func parseArray(elem *ctype, length, text string) (*ctype, error) {
	if elem.kind == cVoid {
		return nil, fmt.Errorf("array of void in C type %q", text)
	}
	if length == "?" || length == "" {
		return arrayOf(elem, -1), nil
	}
	n, _ := strconv.Atoi(length) // digits; the largest int if they are too many
	if n > maxBytes/max(elem.size, 1) {
		return nil, typeErrorf("C type %q is too large", text)
	}
	return arrayOf(elem, n), nil
}

const maxBytes = 1 << 31 // of one buffer

var (
	cComment = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	cBody    = regexp.MustCompile(`(?s)\b(struct|union|enum)\s*([A-Za-z_][A-Za-z0-9_]*)?\s*\{[^{}]*\}`)
	cTypedef = regexp.MustCompile(`(?s)^typedef\s+(.*?)\s*\b([A-Za-z_][A-Za-z0-9_]*)((?:\s*\[[^\]]*\])?)$`)
)

// Declare reads the text of an ffi.cdef. It skips what it does not know, such as
// the declarations of functions: an error follows when the script uses it.
func (d *Declarations) Declare(text string) {
	text = cComment.ReplaceAllString(text, " ")
	text = cBody.ReplaceAllStringFunc(text, func(body string) string {
		m := cBody.FindStringSubmatch(body)
		name := m[2]
		if name == "" {
			name = "(anonymous)"
		}
		d.addStruct(name)
		return m[1] + " " + name
	})
	for statement := range strings.SplitSeq(text, ";") {
		m := cTypedef.FindStringSubmatch(strings.TrimSpace(statement))
		if m == nil {
			continue
		}
		if t, err := d.parse(m[1] + m[3]); err == nil {
			d.addType(m[2], t)
		} else {
			d.addStruct(m[2])
		}
	}
}

func (d *Declarations) addType(name string, t *ctype) {
	if d.types == nil {
		d.types = map[string]*ctype{}
	}
	d.types[name] = t
}

func (d *Declarations) addStruct(name string) {
	if d.structs == nil {
		d.structs = map[string]bool{}
	}
	d.structs[name] = true
}
