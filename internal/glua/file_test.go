package glua

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func standardFile(L *lua.LState, name string) *lua.LUserData {
	return L.GetField(L.GetGlobal("io"), name).(*lua.LUserData)
}

// TestFileFields pins what gopher-lua keeps in which field.
func TestFileFields(t *testing.T) {
	L := newState(t)
	stdin, stdout, stderr := FileOf(standardFile(L, "stdin")), FileOf(standardFile(L, "stdout")), FileOf(standardFile(L, "stderr"))
	if stdin.OS != os.Stdin || stdin.Reader == nil || stdin.Writer != nil {
		t.Errorf("gopher-lua has changed: io.stdin is %+v", stdin)
	}
	if stdout.OS != os.Stdout || stdout.Writer != os.Stdout || stdout.Reader != nil {
		t.Errorf("gopher-lua has changed: io.stdout is %+v", stdout)
	}
	if stderr.OS != os.Stderr || stderr.Writer != os.Stderr || stderr.Program != nil || stderr.Closed {
		t.Errorf("gopher-lua has changed: io.stderr is %+v", stderr)
	}
	run(t, L, `reads = io.popen("echo text") writes = io.popen("cat > /dev/null", "w")`)
	reads, writes := FileOf(L.GetGlobal("reads")), FileOf(L.GetGlobal("writes"))
	if reads.OS != nil || reads.Program.Process == nil || reads.Pipe == nil || reads.Reader == nil || reads.Writer != nil {
		t.Errorf("gopher-lua has changed: io.popen for reading is %+v", reads)
	}
	if writes.OS != nil || writes.Program.Process == nil || writes.Pipe != nil || writes.Reader != nil || writes.Writer == nil {
		t.Errorf("gopher-lua has changed: io.popen for writing is %+v", writes)
	}
	run(t, L, `assert(reads:read() == "text") reads:close()`)
	if !reads.Closed || reads.Program.ProcessState == nil {
		t.Errorf("gopher-lua has changed: after close, io.popen is %+v", reads)
	}
	if err := writes.Writer.(interface{ Close() error }).Close(); err != nil {
		t.Fatal(err)
	}
	run(t, L, `writes:close()`)
}

// TestFileIsWhatLuaUses pins that what is set in a File changes what the functions
// of Lua do.
func TestFileIsWhatLuaUses(t *testing.T) {
	L := newState(t)
	var written bytes.Buffer
	FileOf(standardFile(L, "stdout")).Writer = &written
	FileOf(standardFile(L, "stdin")).Reader = bufio.NewReader(strings.NewReader("line\nrest"))
	run(t, L, `io.write("a") io.stdout:write("b", 1) assert(io.read() == "line" and io.stdin:read("*a") == "rest")`)
	if written.String() != "ab1" {
		t.Errorf("gopher-lua has changed: %q was written to the Writer", written.String())
	}
	stderr := FileOf(standardFile(L, "stderr"))
	stderr.Closed = true
	run(t, L, `assert(not pcall(io.stderr.write, io.stderr, "x") and io.type(io.stderr) == "closed file")`)
}

func TestFileOfOtherValues(t *testing.T) {
	var noValue lua.LUserData
	for _, v := range []lua.LValue{nil, lua.LNil, lua.LString("x"), &noValue, &lua.LUserData{Value: os.Stdout}} {
		if f := FileOf(v); f != nil {
			t.Errorf("%v is the file %v", v, f)
		}
	}
}

// TestFileMethods pins the name of the metatable of every FILE*.
func TestFileMethods(t *testing.T) {
	L := newState(t)
	methods := FileMethods(L)
	if methods.RawGetString("read").Type() != lua.LTFunction || methods != L.GetMetatable(standardFile(L, "stdin")) {
		t.Errorf("gopher-lua has changed: FILE* is not the metatable of io.stdin")
	}
}
