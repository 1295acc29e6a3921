package compat

import (
	"testing"

	"microts/internal/luavm"
)

var moduleBenchmarks = []struct{ name, setup, body string }{
	{"cjson.encode/object", `local v = {symbol = "600000.SH", price = 10.52, volume = 1200, side = "B", ts = 1700000000123}`, `encode(v)`},
	{"cjson.encode/numbers", `local v = {} for i = 1, 1000 do v[i] = i / 7 end`, `encode(v)`},
	{"cjson.encode/objects", `local v = {} for i = 1, 100 do v[i] = {symbol = "600000.SH", price = i * 0.25, volume = 100 * i, levels = {i, i + 1, i + 2}} end`, `encode(v)`},
	{"cjson.encode/text", `local v = ("a line of text, with some words in it; "):rep(100)`, `encode(v)`},
	{"cjson.decode/object", `local v = encode{symbol = "600000.SH", price = 10.52, volume = 1200, side = "B", ts = 1700000000123}`, `decode(v)`},
	{"cjson.decode/numbers", `local v = {} for i = 1, 1000 do v[i] = i / 7 end v = encode(v)`, `decode(v)`},
	{"cjson.decode/objects", `local v = {} for i = 1, 100 do v[i] = {symbol = "600000.SH", price = i * 0.25, volume = 100 * i, levels = {i, i + 1, i + 2}} end v = encode(v)`, `decode(v)`},
	{"cjson.decode/text", `local v = encode(("a line of text, with some words in it; "):rep(100))`, `decode(v)`},
	{"csv.parse", `local v = ("600000.SH,10.52,1200,B\n"):rep(1000)`, `csv.parse(v)`},
	{"csv.encode", `local v = {} for i = 1, 1000 do v[i] = {"600000.SH", i * 0.25, 100 * i, "B"} end`, `csv.encode(v)`},
	{"time.format", `local time = require "time"`, `time.format(1700000000000100)`},
	{"sha256", `local sha, s = require "sha", ("x"):rep(1000)`, `sha.sha256(s)`},
}

func BenchmarkModules(b *testing.B) {
	for _, c := range moduleBenchmarks {
		b.Run(c.name, func(b *testing.B) {
			s := newState(b)
			f, err := s.Load([]byte(`local encode, decode, csv, n = require "cjson".encode, require "cjson".decode, require "csv", ...
`+c.setup+"\nfor i = 1, n do "+c.body+" end"), "=x", s.Globals)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			if _, err := s.Call(f.Value(), luavm.Int(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}
