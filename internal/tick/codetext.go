package tick

import "strings"

// CodeText returns the code as text for people and for files: in market S digits have at
// least six places and in market H five, as in "000001" and "00700"; other codes are as
// they are. NewName makes the name of it again.
func (n Name) CodeText() string {
	places := 0
	switch n.Market {
	case 'S':
		places = 6
	case 'H':
		places = 5
	}
	if len(n.Code) < places && digits(n.Code) {
		return strings.Repeat("0", places-len(n.Code)) + n.Code
	}
	return n.Code
}
