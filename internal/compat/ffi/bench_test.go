package ffi_test

import (
	"maps"
	"slices"
	"testing"

	"microts/internal/luavm"
)

// benchmarks are scripts that return the loop to measure: a function of the number of rounds.
var benchmarks = map[string]string{
	"elements": `local ffi = require "ffi"
		local b = ffi.new("int32_t[256]")
		return function(n) local s = 0 for i = 1, n do b[i % 256] = i s = s + b[(i + 7) % 256] end return s end`,
	"pack key": `local ffi, bit = require "ffi", bit
		return function(n) for i = 1, n do
			local b = ffi.new("char[18]")
			b[0] = string.byte("S")
			ffi.copy(b + 1, "000600000", 9)
			local ms = i
			for k = 7, 0, -1 do b[10 + k] = bit.band(ms, 0xff) ms = bit.rshift(ms, 8) end
		end end`,
	"string": `local ffi = require "ffi"
		local b = ffi.new("char[18]", ("x"):rep(18))
		return function(n) for i = 1, n do ffi.copy(b, ffi.string(b, 18), 9) end end`,
	"pointer": `local ffi = require "ffi"
		local b = ffi.new("double[100]")
		return function(n) for i = 1, n do local p = b + i % 100 p[0] = i end end`,
	"int64": `local ffi = require "ffi"
		local b = ffi.new("uint64_t[2]", 2^63, 2^62)
		return function(n) local x = b[0] for i = 1, n do x = x + 1 end return x end`,
	"C library": `local ffi = require "ffi"
		local lib = ffi.load "micro_ts"
		local k, q, v = ffi.new "uint8_t[18]", ffi.new "uint8_t[6]", ffi.new "uint8_t[50]"
		return function(n) for i = 1, n do
			lib.pack_key_qual(k, "S", "000600000", i) lib.pack_qual(q, i, 0) lib.pack_value(v, i, 1, 1, 1, i, i)
		end end`,
}

func BenchmarkScripts(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(benchmarks)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			s := newState(b)
			loop := run(b, s, benchmarks[name], name)[0]
			b.ResetTimer()
			if _, err := s.Call(loop, luavm.Int(b.N)); err != nil {
				b.Fatal(err)
			}
		})
	}
}
