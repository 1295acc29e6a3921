package luavm

import (
	"hash/maphash"
	"sync"
	"weak"
)

// String is a Lua string: bytes that never change. Two Strings may hold the same
// bytes.
type String struct {
	s    string // stands first: a lua.LString shares it, see Value.LValue
	hash uint32 // of s; 0 if not yet computed
}

// NewString makes a String of s, which it does not copy. Only one goroutine may use
// it, because the first use as a key computes its hash. For others there is [Intern].
func NewString(s string) *String { return &String{s: s} }

// shared makes a String of s that goroutines may share.
func shared(s string) String { return String{s: s, hash: hashBytes(s)} }

// String returns the bytes.
func (s *String) String() string { return s.s }

var hashSeed = maphash.MakeSeed()

// hashed returns the hash of s, which is not 0.
func (s *String) hashed() uint32 {
	if s.hash == 0 {
		s.hash = hashBytes(s.s)
	}
	return s.hash
}

func hashBytes(s string) uint32 { return max(1, uint32(maphash.String(hashSeed, s))) }

// differs reports whether the hashes of s and o tell that they are not equal.
func (s *String) differs(o *String) bool {
	return s.hash != o.hash && s.hash != 0 && o.hash != 0
}

func (s *String) equal(o *String) bool {
	return s == o || s.s == o.s
}

// longestInterned is the length in bytes of the longest string that Intern keeps.
const longestInterned = 64

var interned = struct {
	sync.Mutex
	strings map[string]weak.Pointer[String]
	sweepAt int // length of strings at which those that nothing refers to are removed
}{strings: map[string]weak.Pointer[String]{}, sweepAt: 1024}

// Intern returns a String of s. For short equal strings it returns the same String as
// long as something refers to it, so that tables find it by its address. Any goroutine may
// call it, and goroutines may share the String.
func Intern(s string) *String {
	if len(s) > longestInterned {
		long := shared(s)
		return &long
	}
	interned.Lock()
	defer interned.Unlock()
	if known := interned.strings[s].Value(); known != nil {
		return known
	}
	if len(interned.strings) >= interned.sweepAt {
		sweepInterned()
	}
	made := shared(s)
	interned.strings[s] = weak.Make(&made)
	return &made
}

// sweepInterned removes the strings that nothing refers to.
func sweepInterned() {
	for s, p := range interned.strings {
		if p.Value() == nil {
			delete(interned.strings, s)
		}
	}
	interned.sweepAt = max(1024, 2*len(interned.strings))
}
