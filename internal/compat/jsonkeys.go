package compat

import (
	"slices"
	"strings"

	"microts/internal/luavm"
)

// jsonKeys are keys of objects that an instance of cjson has decoded, so that decoding
// another object with the same keys makes no strings and sets no keys one by one. What is
// not known, or no longer, takes longer.
type jsonKeys struct {
	strings *[knownKeys]knownKey
	shapes  *[knownShapes]knownShape
	bytes   int // of the strings and shapes
}

const (
	knownKeys     = 256
	knownShapes   = 32
	longestKey    = 40 // bytes
	mostShapeKeys = 32
)

// knownKey is a key that was seen once, or more often: then it is interned, so that tables
// find it by its address.
type knownKey struct {
	key   *luavm.String
	often bool
}

// knownShape is the keys of an object that was seen once, or more often: then there is a
// shape, unless the keys are not distinct.
type knownShape struct {
	keys  []*luavm.String
	shape *luavm.Shape
	often bool
}

// MemorySize implements luavm.MemorySizer.
func (k *jsonKeys) MemorySize() int64 { return int64(k.bytes) }

func (k *jsonKeys) make() {
	k.strings, k.shapes = &[knownKeys]knownKey{}, &[knownShapes]knownShape{}
	const size = knownKeys*16 + knownShapes*40
	k.bytes = size
}

// key returns a key as a string of Lua, and a hash of it. own says that nobody changes the
// text and that it is no part of a larger one.
func (k *jsonKeys) key(text string, own bool) (s *luavm.String, hash uint32) {
	if len(text) == 0 || len(text) > longestKey {
		if !own {
			text = strings.Clone(text)
		}
		return luavm.NewString(text), uint32(len(text))
	}
	if k.strings == nil {
		k.make()
	}
	n := len(text)
	hash = ((uint32(text[0])*31+uint32(text[n/2]))*31+uint32(text[n-1]))*31 + uint32(n)
	known := &k.strings[hash%knownKeys]
	switch {
	case known.key == nil || known.key.String() != text:
		const size = 64
		if known.key == nil {
			k.bytes += size
		}
		*known = knownKey{key: luavm.NewString(strings.Clone(text))}
	case !known.often:
		*known = knownKey{key: luavm.Intern(known.key.String()), often: true}
	}
	return known.key, hash
}

// object makes a table of keys and values. hash belongs to the keys.
func (k *jsonKeys) object(hash uint32, keys []*luavm.String, values []luavm.Value) *luavm.Table {
	if shape := k.shape(hash, keys); shape != nil {
		t := shape.NewTable()
		for i, v := range values {
			t.SetField(i, v)
		}
		return t
	}
	t := luavm.NewTable(0, len(keys))
	for i, key := range keys {
		t.SetStr(key, values[i])
	}
	return t
}

// shape returns the shape of objects with some keys, or nil.
func (k *jsonKeys) shape(hash uint32, keys []*luavm.String) *luavm.Shape {
	if len(keys) == 0 || len(keys) > mostShapeKeys || k.shapes == nil {
		return nil
	}
	known := &k.shapes[hash%knownShapes]
	if !slices.Equal(known.keys, keys) {
		const address = 8
		k.bytes += (len(keys) - len(known.keys)) * address
		if known.shape != nil {
			k.bytes -= shapeSize(len(known.keys))
		}
		*known = knownShape{keys: slices.Clone(keys)}
		return nil
	}
	if !known.often {
		known.often = true
		if distinct(keys) {
			known.shape = luavm.NewShape(0, 0, keys...)
			k.bytes += shapeSize(len(keys))
		}
	}
	return known.shape
}

func shapeSize(keys int) int { return 250 + 40*keys }

func distinct(keys []*luavm.String) bool {
	for i, key := range keys {
		for _, other := range keys[:i] {
			if key.String() == other.String() {
				return false
			}
		}
	}
	return true
}
