package luavm

import "unsafe"

// Text makes a string of bytes, which it copies. A short one takes one allocation.
func Text(b []byte) Value {
	if s := short(unsafe.String(unsafe.SliceData(b), len(b))); s != nil {
		return s.Value()
	}
	return NewString(string(b)).Value()
}

// OwnText makes a string of bytes that nobody changes any more. It does not copy a long
// one, unless its slice has much room behind it.
func OwnText(b []byte) Value {
	if len(b) <= longestShort || cap(b)-len(b) > len(b)/2 {
		return Text(b)
	}
	return NewString(unsafe.String(unsafe.SliceData(b), len(b))).Value()
}

// Part makes a string of a part of another one. A short one does not keep the other one
// in memory.
func Part(s string) Value {
	if part := short(s); part != nil {
		return part.Value()
	}
	return NewString(s).Value()
}

// Byte returns the string of one byte. It allocates nothing.
func Byte(b byte) Value { return byteStrings[b].Value() }

var byteStrings = func() (all [256]*String) {
	strings := new([len(all)]String)
	for b := range all {
		strings[b] = shared(string([]byte{byte(b)}))
		all[b] = &strings[b]
	}
	return all
}()

var emptyString = Intern("")

// longestShort is the length in bytes of the longest string whose bytes stand behind its
// String.
const longestShort = 56

// shortString is a String with room for its bytes.
type shortString[Room any] struct {
	String
	room Room
}

// short returns a copy of a short string, or nil for a longer one. The sizes are those of
// Go's allocator: 32, 48, 64 and 80 bytes.
func short(s string) *String {
	switch n := len(s); {
	case n == 0:
		return emptyString
	case n == 1:
		return byteStrings[s[0]]
	case n <= 8:
		t := &shortString[[8]byte]{}
		copy(t.room[:], s)
		t.s = unsafe.String(&t.room[0], n)
		return &t.String
	case n <= 24:
		t := &shortString[[24]byte]{}
		copy(t.room[:], s)
		t.s = unsafe.String(&t.room[0], n)
		return &t.String
	case n <= 40:
		t := &shortString[[40]byte]{}
		copy(t.room[:], s)
		t.s = unsafe.String(&t.room[0], n)
		return &t.String
	case n <= longestShort: // a tick record has 50 bytes
		t := &shortString[[longestShort]byte]{}
		copy(t.room[:], s)
		t.s = unsafe.String(&t.room[0], n)
		return &t.String
	}
	return nil
}
