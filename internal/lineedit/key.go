package lineedit

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// key is one key, or a text that was pasted.
//
// The name of a key is as in Emacs: C-a, M-b (Alt, or Esc before it), Up, C-Left,
// S-Tab. A key that is text has no name. A key that is unknown has neither.
type key struct {
	name  string
	text  string // what is typed or pasted
	paste bool   // text is pasted
}

const (
	escape     = '\x1b'
	interrupt  = '\x03' // Ctrl-C
	pasteBegin = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// decode returns the first key of b, and how many bytes it has. It returns 0 if bytes
// of the key are still to come. If final is set, none will come, and what is there is a
// key.
func decode(b []byte, final bool) (k key, n int) {
	switch {
	case len(b) == 0:
		return key{}, 0
	case b[0] == escape:
		return decodeEscape(b, final)
	case b[0] < ' ' || b[0] == 0x7f:
		return key{name: controlName(b[0])}, 1
	}
	if !utf8.FullRune(b) && !final {
		return key{}, 0
	}
	_, n = utf8.DecodeRune(b)
	return key{text: string(b[:n])}, n
}

// controlName returns the name of a key that sends a control character.
func controlName(c byte) string {
	switch c {
	case 0:
		return "C-Space"
	case '\t':
		return "Tab"
	case '\r', '\n':
		return "Enter"
	case escape:
		return "Esc"
	case 0x7f:
		return "Backspace"
	}
	return "C-" + strings.ToLower(string(rune(c|0x40)))
}

// decodeEscape decodes keys that begin with Esc.
func decodeEscape(b []byte, final bool) (k key, n int) {
	if len(b) == 1 {
		if final {
			return key{name: "Esc"}, 1
		}
		return key{}, 0
	}
	switch {
	case bytes.HasPrefix(b, []byte(pasteBegin)):
		return decodePaste(b, final)
	case b[1] == '[':
		k, n = decodeCSI(b, final)
	case b[1] == 'O' && len(b) == 2 && !final:
		return key{}, 0
	case b[1] == 'O' && len(b) > 2 && finalNames[b[2]] != "":
		return key{name: finalNames[b[2]]}, 3
	default:
		k, n = decode(b[1:], final)
		if n > 0 {
			k, n = meta(k), n+1
		}
	}
	if n == 0 && final {
		return key{}, len(b)
	}
	return k, n
}

// meta returns a key with Alt.
func meta(k key) key {
	switch {
	case k.name != "":
		return key{name: "M-" + k.name}
	case k.text != "" && !k.paste:
		return key{name: "M-" + k.text}
	}
	return k
}

// decodePaste decodes a pasted text, whose lines end with \n, \r or both.
func decodePaste(b []byte, final bool) (k key, n int) {
	text := b[len(pasteBegin):]
	end := bytes.Index(text, []byte(pasteEnd))
	n = len(pasteBegin) + end + len(pasteEnd)
	if end < 0 {
		if !final {
			return key{}, 0
		}
		end, n = len(text), len(b)
	}
	pasted := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text[:end]))
	return key{text: pasted, paste: true}, n
}

// finalNames are the keys whose sequences differ in the last byte.
var finalNames = map[byte]string{
	'A': "Up", 'B': "Down", 'C': "Right", 'D': "Left", 'H': "Home", 'F': "End", 'M': "Enter", 'Z': "S-Tab",
}

// numberNames are the keys whose sequences end with ~ and differ in a number.
var numberNames = map[int]string{
	1: "Home", 2: "Insert", 3: "Delete", 4: "End", 5: "PageUp", 6: "PageDown", 7: "Home", 8: "End",
}

// decodeCSI decodes ESC [ numbers final, as in ECMA-48.
func decodeCSI(b []byte, final bool) (k key, n int) {
	end := 2
	for end < len(b) && b[end] >= 0x20 && b[end] <= 0x3f {
		end++
	}
	if end == len(b) {
		if final {
			return key{}, len(b)
		}
		return key{}, 0
	}
	if b[end] < 0x40 || b[end] > 0x7e { // no sequence: the byte is the next key
		return key{}, end
	}
	var numbers [2]int
	for i, text := range strings.SplitN(string(b[2:end]), ";", len(numbers)) {
		numbers[i], _ = strconv.Atoi(text)
	}
	name := ""
	switch b[end] {
	case '~':
		name = numberNames[numbers[0]]
	case 'u': // the code point of the key
		name = codeName(numbers[0])
	case 'M': // no key
	default:
		name = finalNames[b[end]]
	}
	if name == "" {
		return key{}, end + 1
	}
	return key{name: modified(name, numbers[1])}, end + 1
}

// codeName returns the name of the key of a code point.
func codeName(code int) string {
	switch {
	case code < ' ' || code == 0x7f:
		return controlName(byte(max(code, 0)))
	case code < utf8.RuneSelf:
		return string(rune(code))
	}
	return ""
}

// modified returns the name of a key with the modifiers of xterm: 1 and the sum of 1 for
// Shift, 2 for Alt and 4 for Ctrl.
func modified(name string, modifiers int) string {
	bits := max(modifiers-1, 0)
	if bits&1 != 0 && !strings.HasPrefix(name, "S-") {
		name = "S-" + name
	}
	if bits&2 != 0 {
		name = "M-" + name
	}
	if bits&4 != 0 {
		name = "C-" + name
	}
	return name
}
