package glua

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// File is what a FILE* of Lua holds: gopher-lua's own Go value, and not a copy.
// What is set here is what the functions of Lua's io library use.
type File struct {
	// OS is the file, or nil when io.popen made the FILE*. close closes it, and seek
	// moves in it.
	OS *os.File

	// Program is what io.popen started, or nil.
	Program *exec.Cmd

	// Writer takes what is written; nil refuses all writing. When it is a
	// *bufio.Writer, flush and close flush it.
	Writer io.Writer

	// Reader gives what is read; nil refuses all reading.
	Reader *bufio.Reader

	// Pipe is what Reader reads of a Program, or nil. close closes it.
	Pipe io.ReadCloser

	// Closed makes all use of the FILE* an error.
	Closed bool
}

// FileOf returns the File of a FILE*, or nil when v is another value.
func FileOf(v lua.LValue) *File {
	ud, ok := v.(*lua.LUserData)
	if !ok || !isFile(reflect.TypeOf(ud.Value)) {
		return nil
	}
	return (*File)(reflect.ValueOf(ud.Value).UnsafePointer())
}

// isFile says whether t is the type of the Go value of a FILE*.
func isFile(t reflect.Type) bool { return t != nil && t.String() == "*lua.lFile" }

// FileMethods returns the table of the methods of every FILE* of a state, which
// also is their metatable. The io library must be open.
func FileMethods(L *lua.LState) *lua.LTable { return L.GetTypeMetatable("FILE*").(*lua.LTable) }
