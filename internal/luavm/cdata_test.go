package luavm

import (
	"io"
	"testing"
)

// cell is a CData: a number that is also its element 0. Element 1 does not exist.
type cell struct{ f float64 }

func (c *cell) ToNumber() (float64, bool) { return c.f, c.f >= 0 }

func (c *cell) Element(i float64) (float64, bool) { return c.f, i == 0 }

func (c *cell) SetElement(i, f float64) bool {
	if i == 0 {
		c.f = f
	}
	return i == 0
}

// newCells makes a state with two globals a and b, which hold 5 and 7. The metamethods take
// a number for itself.
func newCells() *State {
	s := NewState()
	OpenBase(s, io.Discard)
	number := func(c *Call, i int) float64 {
		if d, ok := c.Arg(i).Data().(*cell); ok {
			return d.f
		}
		return c.Number(i)
	}
	meta := NewLibrary(map[string]Native{
		"__index":    func(c *Call) { c.Return(Intern("index").Value()) },
		"__newindex": func(c *Call) { c.Errorf("newindex") },
		"__eq":       func(c *Call) { c.Return(Bool(number(c, 1) == number(c, 2))) },
		"__lt":       func(c *Call) { c.Return(Bool(number(c, 1) < number(c, 2))) },
		"__le":       func(c *Call) { c.Return(Bool(number(c, 1) <= number(c, 2))) },
	})
	s.Globals.SetString("a", NewUserData(&cell{5}, meta))
	s.Globals.SetString("b", NewUserData(&cell{7}, meta))
	return s
}

func TestCDataIsComparedWithNumbersAndHasElements(t *testing.T) {
	for source, want := range map[string]string{
		"return a == 5":                    "true",
		"return a ~= 5":                    "false",
		"return 5 == a":                    "true",
		"return a == 6":                    "false",
		"local five = 5 return a == five":  "true",
		"local five = 5 return five ~= a":  "false",
		"return a == nil":                  "false",
		"return a ~= 'x'":                  "true",
		"return a == b":                    "false",
		"return a < 6":                     "true",
		"return 6 < a":                     "false",
		"return a <= b":                    "true",
		"return b > a":                     "true",
		"local six = 6 return a >= six":    "false",
		"return type(a)":                   "cdata",
		"return tonumber(a)":               "5",
		"return tonumber(a, 10)":           "5",
		"a[0] = -1 return tonumber(a)":     "nil",
		"return a[0]":                      "5",
		"return a[1]":                      "index",
		"return a.x":                       "index",
		"a[0] = 6 return a[0]":             "6",
		"local i = 0 a[i] = 8 return a[i]": "8",
		"return pcall(function() a[1] = 6 end) or a[0]":       "5",
		"return pcall(function() a[0] = 'x' end) or a[0]":     "5",
		"return select(2, pcall(function() return a() end)) ": "x:1: attempt to call global 'a' (a cdata value)",
	} {
		s := newCells()
		f, err := s.Load([]byte(source), "=x", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		results, err := s.Call(f.Value())
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := PlainString(results[0]); got != want {
			t.Errorf("%s: %s, not %s", source, got, want)
		}
	}
}

// sharedMemory is a MemorySharer: a list of pieces of memory.
type sharedMemory []*[1000]byte

func (s sharedMemory) EachMemory(count func(at *byte, bytes int64) bool) {
	for _, piece := range s {
		count(&piece[0], int64(len(piece)))
	}
}

func TestMemoryCountsSharedMemoryOnce(t *testing.T) {
	s := NewState()
	s.Globals.SetString("a", NewUserData(sharedMemory{}, nil))
	s.Globals.SetString("b", NewUserData(sharedMemory{}, nil))
	before := s.Memory()
	one, two := new([1000]byte), new([1000]byte)
	s.Globals.SetString("a", NewUserData(sharedMemory{one, two}, nil))
	s.Globals.SetString("b", NewUserData(sharedMemory{two, one}, nil))
	if got := s.Memory() - before; got != 2000 {
		t.Errorf("two pieces that are sharedMemory count %d bytes", got)
	}
}
