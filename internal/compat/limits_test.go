package compat

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/luavm"
)

var errStop = errors.New("stop")

// TestModulesEndWithTheScript stops a script while it is in a function that takes very long,
// or waits.
func TestModulesEndWithTheScript(t *testing.T) {
	for name, source := range map[string]string{
		"encode":   `local t = {1} for i = 1, 50 do t = {t, t} end started() require "cjson".encode(t)`,
		"decode":   `local s = "[" .. ("1,"):rep(3e6) .. "1]" started() while true do require "cjson".decode(s) end`,
		"parse":    `local s = ("a,b\n"):rep(1e6) started() while true do require "csv".parse(s) end`,
		"zeros":    `local next = require "csv".lines "/dev/zero" started() next()`,
		"pipe":     `local next = require "csv".lines(pipe) started() next()`,
		"rows":     `local t = {} for i = 1, 1e6 do t[i] = {1} end started() while true do require "csv".encode(t) end`,
		"sleep":    `started() require "socket".sleep(1e6)`,
		"digest":   `local s = ("x"):rep(5e7) started() while true do require "sha".sha512(s) end`,
		"buffer":   `local t = {1} for i = 1, 50 do t = {t, t} end started() require "string.buffer".encode(t)`,
		"date":     `local f = ("%c"):rep(1e6) started() while true do require "time".format(1, f) end`,
		"caught":   `started() while true do pcall(require "socket".sleep, 1e6) end`,
		"unpickle": `local b = require "string.buffer" local s = b.encode(require "cjson".decode("[" .. ("1,"):rep(1e6) .. "1]")) started() while true do b.decode(s) end`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			defer s.Watch(ctx)()
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := unix.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			s.Globals.SetString("pipe", luavm.Part(pipe))
			var stopped time.Time
			started := make(chan struct{})
			s.Globals.SetString("started", luavm.NewFunction("started", func(c *luavm.Call) {
				close(started)
				c.Return()
			}).Value())
			go func() {
				select {
				case <-started:
				case <-ctx.Done():
				}
				time.Sleep(10 * time.Millisecond)
				stopped = time.Now()
				cancel(errStop)
			}()
			_, err := run(s, source, "=x")
			if !errors.Is(err, errStop) {
				t.Errorf("ended with %v", err)
			}
			if d := time.Since(stopped); d > 2*time.Second {
				t.Errorf("ended after %v", d)
			}
		})
	}
}

// TestValuesLargerThanTheRoomAreErrors wants the error that pcall catches, and not the end of
// the script.
func TestValuesLargerThanTheRoomAreErrors(t *testing.T) {
	for _, source := range []string{
		`local s = ("x"):rep(2^19) local t = {s, s, s, s} return require "cjson".encode(t)`,
		`local t = {"xxxxxxxx"} for i = 1, 30 do t = {t, t} end return require "cjson".encode(t)`,
		`return require "cjson".decode("[" .. ("1,"):rep(2^17) .. "1]")`,
		`return require "cjson".decode(("["):rep(900) .. ('{"a":1},'):rep(10000) .. "1" .. ("]"):rep(900))`,
		`return require "csv".parse(("a,b\n"):rep(2^16))`,
		`local s = ("x"):rep(2^18) return require "csv".encode{{s, s, s, s, s, s, s, s}}`,
		`return require "csv".lines "/dev/zero" ()`,
		`local b, s = require "string.buffer".new(), ("x"):rep(2^18) while true do b:put(s) end`,
		`return require "string.buffer".new(2^22)`,
		`local t = {} for i = 1, 2^12 do t[i] = "x" end t = {t, t, t, t} t = {t, t, t, t, t, t} return require "string.buffer".decode(require "string.buffer".encode(t))`,
		`return require "time".format(1, ("%c"):rep(2^18))`,
	} {
		s := newState(t)
		s.LimitMemory(2<<20, func(int64) { s.Stop(errStop) })
		_, err := run(s, "local function f() "+source+" end local ok, e = pcall(f) error(e, 0)", "=x")
		if err == nil || !strings.HasSuffix(err.Error(), luavm.NoRoom) {
			t.Errorf("%s: %v", source, err)
		}
	}
}
