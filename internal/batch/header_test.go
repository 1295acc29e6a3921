package batch

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestHeader(t *testing.T) {
	read := func(code string) (*Header, error) {
		return readHeader(filepath.Join(write(t, map[string]string{"s.lua": code}), "s.lua"))
	}
	two := 2
	for _, c := range []struct {
		code string
		want Header
	}{
		{"", Header{}},
		{"print(1)", Header{}},
		{"local x = {name = 'no'}", Header{}},
		{"x = 1 local header = {}", Header{}}, // not the first statement
		{"this is not Lua: header", Header{}}, // Spec.Plan compiles it
		{"local header = {}", Header{}},
		{"header = {name = 'load'}", Header{Name: "load"}},
		{"#!/usr/bin/microts\nlocal header = {needs = 'a.lua'} error('not run')", Header{Needs: []string{"a.lua"}}},
		{
			`local header = {
				name = "all", needs = {"a", 'b'}, timeout = "1m30s", memory = "1.5GB", retries = 2, backoff = 0.5,
				params = {window = {5, -10}, flag = true},
			}`,
			Header{
				"all",
				[]string{"a", "b"},
				Limits{90 * time.Second, 3 << 29, &two, time.Second / 2},
				[]Values{{"window", []any{5.0, -10.0}}, {"flag", []any{true}}},
			},
		},
	} {
		if got, err := read(c.code); err != nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: %+v, %v", c.code, got, err)
		}
	}
	for _, c := range []struct{ code, want string }{
		{"local header = {nmae = 'x'}", `s.lua:1: header: unknown field "nmae"; did you mean "name"?`},
		{"\nlocal header = {\ntimeout = os.time()}", "s.lua:3: header: timeout: a constant expected: the header is read without running the script"},
		{"local header = {timeout = 'soon'}", `s.lua:1: header: timeout: a time such as "90s" or "5m", or seconds, expected, got soon`},
		{"local header = {timeout = -1}", "header: timeout: a time such as"},
		{"local header = {memory = '1XB'}", `header: memory: a size such as "512MB", or bytes, expected, got 1XB`},
		{"local header = {retries = 1.5}", "header: retries: an integer from 0 on expected, got 1.5"},
		{"local header = {needs = {1}}", "header: needs: a list of strings expected"},
		{"local header = {params = {x = {{}}}}", "header: params: x: strings, numbers and booleans expected"},
		{"local header = {params = {x = {5, '000001'}}}", "header: params: x: values of one type expected, got the number 5 and the string 000001"},
		{"local header = {params = 1}", "header: params: a table of names and values expected"},
		{"local header = {'a'}", "header: a named field such as `timeout = \"5m\"` expected"},
		{"local header = {name = 1}", "header: name: a string expected, got 1"},
	} {
		if _, err := read(c.code); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.code, err, c.want)
		}
	}
}
