package luafile_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microts/internal/luavm"
)

var errStop = errors.New("stop")

// TestValuesLargerThanTheRoomAreErrors reads more than the script may hold. The error comes
// before the memory is taken, pcall catches it, and the file can still be used.
func TestValuesLargerThanTheRoomAreErrors(t *testing.T) {
	const limit, size = 4 << 20, 32 << 20
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"line": strings.Repeat("x", size), "digits": strings.Repeat("1", size)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, source := range []string{
		`return io.open("line"):read("*l")`,
		`return io.open("line"):read("*L")`,
		`return io.open("line"):read("*a")`,
		`return io.open("line"):read(3e7)`,
		`return io.open("line"):read(1e300)`,
		`return io.open("digits"):read("*n")`,
		`return io.lines("line")()`,
		`return io.lines("line", "*a")()`,
		`return io.open("/dev/zero"):read("*l")`,
		`return io.open("/dev/zero"):read("*a")`,
		`return io.open("/dev/zero"):read(3e6, 3e6, 3e6, 3e6, 3e6, 3e6, 3e6, 3e6)`,
		`return io.popen("cat line"):read("*a")`,
		`io.input("line") return io.read("*l")`,
	} {
		t.Run(source, func(t *testing.T) {
			s := newScript(t, "")
			s.LimitMemory(limit, func(used int64) { t.Errorf("%d bytes are in use", used) })
			results, err := s.do("return pcall(function() "+source+" end)", "=x")
			if err != nil {
				t.Fatal(err)
			}
			if len(results) != 2 || !results[1].IsString() || results[1].Text() != "not enough memory" {
				t.Errorf("returned %d values: %.80s", len(results), luavm.PlainString(results[len(results)-1]))
			}
			if results, err = s.do(`local f = io.open("line") return #f:read(1000) + #f:read(10)`, "=x"); err != nil || results[0].Float() != 1010 {
				t.Error(results, err)
			}
		})
	}
}

// TestWithinTheLimitAllIsRead reads a file that takes half of what the script may use, again
// and again.
func TestWithinTheLimitAllIsRead(t *testing.T) {
	const limit, size = 8 << 20, 3 << 20
	t.Chdir(t.TempDir())
	if err := os.WriteFile("line", []byte(strings.Repeat("x", size)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{`"*l"`, `"*a"`, `4e6`} {
		s := newScript(t, "")
		s.LimitMemory(limit, func(used int64) { t.Errorf("%s: %d bytes are in use", format, used) })
		_, err := s.do(`for i = 1, 20 do assert(#io.open("line"):read(`+format+`) >= 3 * 2^20) end`, "=x")
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// TestBuffersOfFilesAreMeasured opens many files, as userdata and behind iterators.
func TestBuffersOfFilesAreMeasured(t *testing.T) {
	const files, buffer = 100, 4096
	for _, source := range []string{
		`files[i] = io.open("in") files[i]:read(1)`,
		`files[i] = io.lines("in") files[i]()`,
		`local f = io.open("in") f:read(1) files[i] = f:lines() files[-i] = f`,
	} {
		t.Chdir(t.TempDir())
		s := newScript(t, "a\nb\nc\n")
		if _, err := s.do(`files = {}`, "=x"); err != nil {
			t.Fatal(err)
		}
		before := s.Memory()
		if _, err := s.do(`for i = 1, 100 do `+source+` end`, "=x"); err != nil {
			t.Fatal(err)
		}
		if used := s.Memory() - before; used < files*buffer || used > files*buffer*3/2 {
			t.Errorf("%s: %d bytes for %d buffers of %d", source, used, files, buffer)
		}
		if _, err := s.do(`for i, f in ipairs(files) do if io.type(f) then f:close() end end files = nil collectgarbage()`, "=x"); err != nil {
			t.Fatal(err)
		}
		if err := s.io.Close(0); err != nil {
			t.Error(err)
		}
	}
}

// TestWaitsEndWhenTheStateStops stops a script that waits. No pcall catches that.
func TestWaitsEndWhenTheStateStops(t *testing.T) {
	for _, source := range []string{
		`io.open("pipe"):read()`,
		`io.open("pipe"):read("*a")`,
		`io.open("pipe"):read("*n")`,
		`io.open("pipe"):read(0)`,
		`io.open("pipe"):read("*l", "*l")`,
		`io.lines("pipe")()`,
		`for a in io.lines("pipe", "*n") do end`,
		`io.input("pipe") io.read()`,
		`io.open("pipe", "w")`, // it waits for a reader
		`io.open("pipe", "r+"):write(("x"):rep(1e6))`,
		`io.popen("exec sleep 100"):read()`,
		`io.popen("exec sleep 100"):close()`,
		`io.popen("exec sleep 100", "w"):close()`,
		`io.popen("exec sleep 100", "w"):write(("x"):rep(1e6))`,
		`local f = io.popen("exec sleep 100", "w") f:setvbuf("full") for i = 1, 1e9 do f:write(i) end`,
		`io.open("/dev/zero"):read("*l")`,
		`io.open("/dev/zero"):read(1e15)`,
		`io.popen("yes 1 | tr -d \"\\n\""):read("*n")`,
	} {
		t.Run(source, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := unix.Mkfifo("pipe", 0o600); err != nil {
				t.Fatal(err)
			}
			s := newScript(t, "")
			s.LimitMemory(1<<30, func(int64) { s.Stop(errStop) })
			defer time.AfterFunc(50*time.Millisecond, func() { s.end(errStop) }).Stop()
			_, err := s.do(`pcall(function() `+source+` end) print "went on"`, "=x")
			if !errors.Is(err, errStop) || s.out.Len() > 0 {
				t.Errorf("ended with %v after %q", err, s.out.String())
			}
			s.unwatch()
			if err := s.io.Close(time.Second); err != nil {
				t.Log(err) // of what could not be written
			}
		})
	}
}
