package syntax

// class says what a byte may be part of.
type class uint8

const (
	isWordClass class = 1 << iota
	isDigitClass
	isHexClass
	isSpaceClass
	isControlClass
)

// classes are those of LuaJIT, whatever the locale: all bytes from 128 on are letters,
// so names may be written in UTF-8.
var classes = func() (of [256]class) {
	for c := range of {
		switch b := byte(c); {
		case '0' <= b && b <= '9':
			of[c] = isWordClass | isDigitClass | isHexClass
		case 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F':
			of[c] = isWordClass | isHexClass
		case 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '_' || b >= 0x80:
			of[c] = isWordClass
		case '\t' <= b && b <= '\r':
			of[c] = isSpaceClass | isControlClass
		case b == ' ':
			of[c] = isSpaceClass
		case b < ' ' || b == 0x7f:
			of[c] = isControlClass
		}
	}
	return of
}()

func isWord(c byte) bool    { return classes[c]&isWordClass != 0 }
func isDigit(c byte) bool   { return classes[c]&isDigitClass != 0 }
func isHex(c byte) bool     { return classes[c]&isHexClass != 0 }
func isSpace(c byte) bool   { return classes[c]&isSpaceClass != 0 }
func isControl(c byte) bool { return classes[c]&isControlClass != 0 }
func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

// hexValue returns the value of a hexadecimal digit.
func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c&0xf + 9
}
