package compat

import (
	"testing"

	"microts/internal/luavm"
)

// FuzzJSON: cjson.decode takes any text, and encode takes what it returns. What encode
// returns, decode reads.
func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,2.5e3,null,true],"\u4e2d":"\ud83d\ude00"}`)
	f.Add(`[nan,"\x"]`)
	f.Add(`[{"a":1,"b":2},{"a":3,"b":4},{"a":5,"b":6},{"a":1,"a":2},{"a":1,"a":2},{"a":1,"a":2}]`)
	f.Fuzz(func(t *testing.T, text string) {
		s := newState(t)
		s.Globals.SetString("text", luavm.Part(text))
		if _, err := run(s, `
			local cjson = require "cjson.safe"
			local v = cjson.decode(text)
			local again = cjson.encode(v)
			if again then
				local back = assert(cjson.decode(again))
				assert(cjson.encode(back) == again, again)
			end`, "=fuzz"); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCSV: what csv.encode makes of rows, csv.parse reads.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,\"x\ny\"\n", ",")
	f.Add("\xef\xbb\xbfa;b", ";")
	f.Add("\xef\xbb\xbf\xef\xbb\xbf", ";")
	f.Fuzz(func(t *testing.T, text, separator string) {
		s := newState(t)
		s.Globals.SetString("text", luavm.Part(text))
		s.Globals.SetString("separator", luavm.Part(separator))
		if _, err := run(s, `
			local csv = require "csv"
			local o = {separator = separator}
			local ok, rows = pcall(csv.parse, text, o)
			if not ok then return end
			local back = csv.parse(csv.encode(rows, o), o)
			assert(#back == #rows)
			for i, row in ipairs(rows) do
				assert(#row == #back[i])
				for n, field in ipairs(row) do assert(field:gsub("\r\n", "\n") == back[i][n]:gsub("\r\n", "\n")) end
			end`, "=fuzz"); err != nil {
			t.Error(err)
		}
	})
}

// FuzzBuffer: string.buffer decodes any bytes, or raises an error. What it decodes, it
// encodes.
func FuzzBuffer(f *testing.F) {
	f.Add("\x0d\x02\x01\x07\x00\x00\x00\x00\x00\x00\xf0\x3f\x21a\x02")
	f.Add("\x06\x01\x00\x00\x00")
	f.Add("\xff\x00\x00\x00\x00")
	f.Fuzz(func(t *testing.T, text string) {
		s := newState(t)
		s.Globals.SetString("text", luavm.Part(text))
		if _, err := run(s, `
			local buffer = require "string.buffer"
			local ok, v = pcall(buffer.decode, text)
			if ok then
				local again = buffer.encode(v)
				assert(buffer.encode(buffer.decode(again)) == again)
			end`, "=fuzz"); err != nil {
			t.Error(err)
		}
	})
}
