package luasyntax

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// unescape translates the escapes of LuaJIT's strings that Lua 5.1 does not know:
//
//	\xXX      the byte with this hexadecimal number
//	\z        nothing; the space after it is skipped
//	\u{XXX}   the character with this hexadecimal code, in UTF-8
//
// Lines keep their numbers.
func unescape(source []byte) []byte {
	if !bytes.Contains(source, []byte(`\x`)) && !bytes.Contains(source, []byte(`\z`)) && !bytes.Contains(source, []byte(`\u{`)) {
		return source
	}
	var b []byte
	for _, p := range Parts(source) {
		if p.Kind == String {
			b = appendUnescaped(b, p.Text)
		} else {
			b = append(b, p.Text...)
		}
	}
	return b
}

// appendUnescaped appends one string with its escapes translated, and after it
// the line ends that \z skipped in it.
func appendUnescaped(b, text []byte) []byte {
	var skipped []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b = append(b, text[i])
			continue
		}
		i++
		rest := text[i+1:]
		if text[i] == 'z' {
			space := len(rest) - len(bytes.TrimLeft(rest, Space))
			skipped = append(skipped, bytes.Repeat([]byte("\n"), bytes.Count(rest[:space], []byte("\n")))...)
			i += space
			continue
		}
		if value, length := escapedBytes(text[i], rest); length > 0 {
			for _, c := range value {
				b = fmt.Appendf(b, `\%03d`, c)
			}
			i += length
			continue
		}
		b = append(b, '\\', text[i])
	}
	return append(b, skipped...)
}

// escapedBytes returns the bytes that \x or \u stands for, with the length of
// what follows the letter; 0 for any other escape.
func escapedBytes(letter byte, rest []byte) (value []byte, length int) {
	switch letter {
	case 'x':
		if len(rest) < 2 {
			return nil, 0
		}
		if n, err := strconv.ParseUint(string(rest[:2]), 16, 8); err == nil {
			return []byte{byte(n)}, 2
		}
	case 'u':
		end := bytes.IndexByte(rest, '}')
		if end < 2 || rest[0] != '{' {
			return nil, 0
		}
		if n, err := strconv.ParseUint(string(rest[1:end]), 16, 21); err == nil {
			return utf8.AppendRune(nil, rune(n)), end + 1
		}
	}
	return nil, 0
}
