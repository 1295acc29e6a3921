package host

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
)

// openFiles mends what gopher-lua's files do otherwise than Lua's: read("*n"),
// and the messages and numbers of errors.
func (s *State) openFiles() {
	L := s.Lua
	lib, ok := L.GetGlobal("io").(*lua.LTable)
	if !ok {
		return
	}
	methods := L.GetTypeMetatable("FILE*").(*lua.LTable)
	replaceRead(methods, 2, func(L *lua.LState) lua.LValue { return L.Get(1) })
	input := lib.RawGetString("input")
	replaceRead(lib, 1, func(L *lua.LState) lua.LValue {
		L.Push(input)
		L.Call(0, 1)
		file := L.Get(-1)
		L.Pop(1)
		return file
	})
	showNumbers(methods, 2)
	showNumbers(lib, 1)

	wrap(lib, "open", func(L *lua.LState, open lua.LGFunction) int {
		path := L.CheckString(1)
		n := open(L)
		if L.Get(-n) == lua.LNil {
			return fileError(L, path, lua.LVAsString(L.Get(1-n)))
		}
		return n
	})
	wrap(lib, "lines", func(L *lua.LState, lines lua.LGFunction) int {
		if path, ok := L.Get(1).(lua.LString); ok {
			f, err := os.Open(string(path))
			if err != nil {
				message, _ := compat.CError(err)
				L.RaiseError("%s: %s", string(path), message)
			}
			f.Close()
		}
		return lines(L)
	})
	L.SetFuncs(L.GetGlobal("os").(*lua.LTable), map[string]lua.LGFunction{
		"remove": func(L *lua.LState) int {
			path := L.CheckString(1)
			return result(L, path, os.Remove(path))
		},
		"rename": func(L *lua.LState) int {
			path := L.CheckString(1)
			return result(L, path, os.Rename(path, L.CheckString(2)))
		},
	})
}

// wrap replaces a Go function of a table; what replaces it gets the original.
func wrap(in *lua.LTable, name string, by func(L *lua.LState, original lua.LGFunction) int) {
	fn, ok := in.RawGetString(name).(*lua.LFunction)
	if !ok || !fn.IsG {
		return
	}
	wrapper := *fn // with its upvalues
	wrapper.GFunction = func(L *lua.LState) int { return by(L, fn.GFunction) }
	in.RawSetString(name, &wrapper)
}

// showNumbers lets write of a library's table show numbers as print does, from
// argument first on.
func showNumbers(in *lua.LTable, first int) {
	wrap(in, "write", func(L *lua.LState, write lua.LGFunction) int {
		for i, n := first, L.GetTop(); i <= n; i++ {
			if f, ok := L.Get(i).(lua.LNumber); ok {
				L.Replace(i, lua.LString(compat.AppendNumber(nil, float64(f))))
			}
		}
		return write(L)
	})
}

// result returns true, or nil, a message and the number of the error.
func result(L *lua.LState, path string, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, number := compat.CError(err)
	L.Push(lua.LNil)
	L.Push(lua.LString(path + ": " + message))
	L.Push(lua.LNumber(number))
	return 3
}

// fileError is result for a message that gopher-lua made of the error.
func fileError(L *lua.LState, path, message string) int {
	const mostErrno = 133
	for errno := syscall.Errno(1); errno <= mostErrno; errno++ {
		if strings.HasSuffix(message, ": "+errno.Error()) {
			return result(L, path, errno)
		}
	}
	return result(L, path, errors.New(message))
}

// replaceRead replaces read of a library's table; its formats are the arguments
// from first on.
func replaceRead(in *lua.LTable, first int, fileOf func(L *lua.LState) lua.LValue) {
	wrap(in, "read", func(L *lua.LState, read lua.LGFunction) int {
		numbers := false
		for i, n := first, L.GetTop(); i <= n; i++ {
			if f, ok := L.Get(i).(lua.LString); ok && strings.HasPrefix(strings.TrimPrefix(string(f), "*"), "n") {
				numbers = true
			}
		}
		if !numbers {
			return read(L)
		}
		r := *readerOf(fileOf(L))
		n := L.GetTop()
		for i := first; i <= n; i++ {
			v := readFormat(L, r, i)
			L.Push(v)
			if v == lua.LNil {
				return i - first + 1
			}
		}
		return n - first + 1
	})
}

// readFormat reads what the format that is argument i says, or returns nil.
func readFormat(L *lua.LState, r *bufio.Reader, i int) lua.LValue {
	if n, ok := L.Get(i).(lua.LNumber); ok {
		b := make([]byte, int(n))
		got, err := io.ReadFull(r, b)
		if got == 0 && err != nil {
			return lua.LNil
		}
		return lua.LString(b[:got])
	}
	format := strings.TrimPrefix(L.CheckString(i), "*")
	switch {
	case strings.HasPrefix(format, "n"):
		return readNumber(r)
	case strings.HasPrefix(format, "a"):
		b, _ := io.ReadAll(r) // as far as it comes
		return lua.LString(b)
	case strings.HasPrefix(format, "l"), strings.HasPrefix(format, "L"):
		line, err := r.ReadString('\n')
		if err != nil && line == "" {
			return lua.LNil
		}
		if format[0] == 'l' {
			line = strings.TrimSuffix(line, "\n")
		}
		return lua.LString(line)
	}
	L.ArgError(i, "invalid format")
	return nil
}

// readNumber reads the longest beginning that may be a number, as C's scanf does.
func readNumber(r *bufio.Reader) lua.LValue {
	const longest = 200
	var b []byte
	for len(b) < longest {
		c, err := r.ReadByte()
		if err != nil {
			break
		}
		if len(b) == 0 && (c == ' ' || '\t' <= c && c <= '\r') {
			continue
		}
		if !continuesNumber(string(b), c) {
			_ = r.UnreadByte() // a byte was just read
			break
		}
		b = append(b, c)
	}
	f, ok := compat.ParseNumber(string(b))
	if !ok {
		return lua.LNil
	}
	return lua.LNumber(f)
}

// continuesNumber says whether a number may go on with c after b.
func continuesNumber(b string, c byte) bool {
	digits := strings.TrimLeft(b, "+-")
	hex := strings.HasPrefix(digits, "0x") || strings.HasPrefix(digits, "0X")
	exponent := "eE"
	if hex {
		exponent = "pP"
	}
	last := byte(0)
	if b != "" {
		last = b[len(b)-1]
	}
	hasExponent := strings.ContainsAny(digits, exponent)
	switch {
	case '0' <= c && c <= '9':
		return true
	case c == '+' || c == '-':
		return b == "" || hasExponent && strings.IndexByte(exponent, last) >= 0
	case c == '.':
		return !strings.Contains(b, ".") && !hasExponent
	case c == 'x' || c == 'X':
		return digits == "0"
	case strings.IndexByte(exponent, c) >= 0:
		return digits != "" && !hasExponent
	}
	return hex && ('a' <= c|0x20 && c|0x20 <= 'f')
}
