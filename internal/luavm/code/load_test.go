package code

import "testing"

const dumped = `local a = 1
function f(x) return function(y) return x + y + a end end
return f`

func TestDumpsAreLoaded(t *testing.T) {
	p, err := Load([]byte(dumped), FileName("dir/x.lua"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*Proto{p, p.Protos[0], p.Protos[0].Protos[0]} {
		for range 3 { // a dump of a dump
			b, ok := f.Dump()
			if !ok {
				t.Fatal("no dump")
			}
			got, err := Load(b, NameOf("=ignored"))
			if err != nil {
				t.Fatal(err)
			}
			if !got.IsDump || got.Line != f.Line || got.Source != "@dir/x.lua" || got.Chunk != "dir/x.lua" || len(got.Code) != len(f.Code) {
				t.Errorf("line %d of %s, loaded from a dump of line %d", got.Line, got.Chunk, f.Line)
			}
			f = got
		}
	}
}

func TestLongSourcesAreNotDumped(t *testing.T) {
	source := make([]byte, longestKept+1)
	for i := range source {
		source[i] = ' '
	}
	p, err := Load(source, NameOf("=x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Dump(); ok {
		t.Error("it is dumped")
	}
}

func FuzzLoadDump(f *testing.F) {
	p, err := Load([]byte(dumped), FileName("x.lua"))
	if err != nil {
		f.Fatal(err)
	}
	b, _ := p.Protos[0].Protos[0].Dump()
	f.Add(b)
	for _, end := range []int{0, 1, 3, 10, len(b) - 1} {
		f.Add(b[:end])
	}
	f.Add([]byte(signature + "\x00\x00\x01\x05return 1"))
	f.Add([]byte(signature + signature))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Load(append([]byte(signature), b...), NameOf("=x"))
		if err == nil && (p == nil || len(p.Code) == 0) || err != nil && err.Error() == "" {
			t.Errorf("%v, %v", p, err)
		}
	})
}
