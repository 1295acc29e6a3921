package lib

// A class of characters is a bit of a set.
const (
	alpha uint16 = 1 << iota
	digit
	lower
	upper
	space
	punct
	control
	hex
	zero
)

// charSets has the classes of each byte in the C locale.
var charSets = func() (sets [256]uint16) {
	for b := range sets {
		c := byte(b)
		small := c | 0x20
		letter := 'a' <= small && small <= 'z'
		for _, s := range []struct {
			set uint16
			in  bool
		}{
			{alpha, letter},
			{digit, '0' <= c && c <= '9'},
			{lower, letter && c >= 'a'},
			{upper, letter && c < 'a'},
			{space, c == ' ' || '\t' <= c && c <= '\r'},
			{punct, '!' <= c && c <= '~' && !letter && (c < '0' || c > '9')},
			{control, c < ' ' || c == 0x7f},
			{hex, '0' <= c && c <= '9' || 'a' <= small && small <= 'f'},
			{zero, c == 0},
		} {
			if s.in {
				sets[b] |= s.set
			}
		}
	}
	return sets
}()

// letterSets has the classes that a small letter stands for after '%'.
var letterSets = [256]uint16{
	'a': alpha, 'c': control, 'd': digit, 'g': alpha | digit | punct, 'l': lower, 'p': punct, 's': space, 'u': upper,
	'w': alpha | digit, 'x': hex, 'z': zero,
}

// inClass reports whether c is in the class %letter. A capital letter is the
// complement; what names no class stands for itself.
func inClass(c, letter byte) bool {
	if set := letterSets[letter]; set != 0 {
		return charSets[c]&set != 0
	}
	if charSets[letter]&upper != 0 {
		if set := letterSets[letter|0x20]; set != 0 {
			return charSets[c]&set == 0
		}
	}
	return c == letter
}
