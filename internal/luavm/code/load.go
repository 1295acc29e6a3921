package code

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync"

	"microts/internal/luavm/syntax"
)

// Name is how a Lua chunk was loaded, and how messages call it.
type Name struct {
	Source string // as load got it: "@" and a path, "=" and a name, or the source itself
	Chunk  string // in messages
}

// NameOf returns the Name of what is loaded as source.
func NameOf(source string) Name { return Name{source, syntax.ChunkName(source)} }

// FileName returns the Name of a file. Messages have the whole path.
func FileName(path string) Name { return Name{"@" + path, path} }

// Load compiles a Lua source, or takes what Dump returned. The error is a *syntax.Error, an
// *Error, or ErrDump.
func Load(source []byte, name Name) (*Proto, error) {
	if IsDump(source) {
		return undump(string(source))
	}
	tree, err := syntax.Parse(source, name.Chunk)
	if err != nil {
		return nil, err
	}
	p, err := Compile(tree, name)
	if err == nil && len(source) <= longestKept {
		p.text = string(source)
	}
	return p, err
}

// longestKept is how many bytes of source a Lua chunk keeps for Dump.
const longestKept = 256 << 10

// A dumped function is the source of its Lua chunk and where the function is in it, so that
// nothing that a script makes up reaches the machine without the compiler:
//
//	signature
//	Name.Source, Name.Chunk  each a length, and so many bytes
//	path                     a length, and so many numbers: the places in Protos on the way from the chunk
//	source                   the rest
//
// Numbers are unsigned varints.
const signature = "\x1bLuaMT\x01"

// IsDump reports whether a source is what Dump returned.
func IsDump(source []byte) bool {
	return strings.HasPrefix(string(source[:min(len(source), len(signature))]), signature)
}

// ErrDump is the error of a damaged dump.
var ErrDump = errors.New("truncated or damaged precompiled chunk")

// Dump returns a function for Load. ok is false if its Lua chunk has too long a source.
func (p *Proto) Dump() (dump []byte, ok bool) {
	path, found := p.chunk.pathTo(p)
	if !found || p.chunk.text == "" {
		return nil, false
	}
	b := []byte(signature)
	for _, s := range []string{p.Source, p.Chunk} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	b = binary.AppendUvarint(b, uint64(len(path)))
	for _, i := range path {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return append(b, p.chunk.text...), true
}

// pathTo returns the places in Protos on the way from p to a function in it.
func (p *Proto) pathTo(inner *Proto) (path []int, ok bool) {
	if &p.Code[0] == &inner.Code[0] {
		return nil, true
	}
	for i, q := range p.Protos {
		if path, ok := q.pathTo(inner); ok {
			return append([]int{i}, path...), true
		}
	}
	return nil, false
}

func undump(dump string) (*Proto, error) {
	rest := []byte(dump[len(signature):])
	number := func() (n uint64, ok bool) {
		n, size := binary.Uvarint(rest)
		if size <= 0 {
			return 0, false
		}
		rest = rest[size:]
		return n, true
	}
	var names [2]string
	for i := range names {
		n, ok := number()
		if !ok || n > uint64(len(rest)) {
			return nil, ErrDump
		}
		names[i], rest = string(rest[:n]), rest[n:]
	}
	depth, ok := number()
	if !ok || depth > uint64(len(rest)) {
		return nil, ErrDump
	}
	path := make([]uint64, depth)
	for i := range path {
		if path[i], ok = number(); !ok {
			return nil, ErrDump
		}
	}
	if IsDump(rest) {
		return nil, ErrDump
	}
	p, err := Load(rest, Name{names[0], names[1]})
	if err != nil {
		return nil, err
	}
	for _, i := range path {
		if i >= uint64(len(p.Protos)) {
			return nil, ErrDump
		}
		p = p.Protos[i]
	}
	dumped := *p
	dumped.IsDump = true
	dumped.Loops = new(sync.Map)
	return &dumped, nil
}
