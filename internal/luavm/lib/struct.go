package lib

import (
	"microts/internal/luavm"
	"microts/internal/packformat"
)

// Struct makes the module struct: string.pack with the formats of the library
// struct. There, s is a string before a zero, cn a string of n bytes, and c0 a
// string whose length is the integer before it.
func Struct() *luavm.Table {
	t := luavm.NewTable(0, 3)
	add(t, []function{
		{"pack", func(c *luavm.Call) { pack(c, packformat.New(c, c.String(1), true)) }},
		{"unpack", func(c *luavm.Call) { unpack(c, packformat.New(c, c.String(1), true), "data string too short") }},
		{"size", func(c *luavm.Call) { size(c, packformat.New(c, c.String(1), true)) }},
	})
	return t
}
