package host

import (
	"bufio"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/luavm/syntax"
)

// replaceRead replaces read of a library where one of its formats is "*n", of which
// gopher-lua's takes too little. The formats are the arguments from first on. file
// returns what the current function reads from.
func replaceRead(lib *lua.LTable, first int, file func(L *lua.LState) lua.LValue) {
	wrap(lib, "read", func(L *lua.LState, read lua.LGFunction) int {
		if !wantsNumber(L, first) {
			return read(L)
		}
		f := glua.FileOf(file(L))
		if f == nil || f.Closed || f.Reader == nil {
			return read(L) // it says what is wrong
		}
		n := L.GetTop()
		for i := first; i <= n; i++ {
			v := readFormat(L, f.Reader, i)
			L.Push(v)
			if v == lua.LNil {
				return i - first + 1
			}
		}
		return n - first + 1
	})
}

// wantsNumber says whether one of the arguments from first on is "*n".
func wantsNumber(L *lua.LState, first int) bool {
	for i, n := first, L.GetTop(); i <= n; i++ {
		if f, ok := L.Get(i).(lua.LString); ok && strings.HasPrefix(strings.TrimPrefix(string(f), "*"), "n") {
			return true
		}
	}
	return false
}

// readFormat reads what the format that is argument i asks for. It returns nil when
// there is no such thing.
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
		b, _ := io.ReadAll(r) // an error ends the text, as in C
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

// readNumber skips white space and reads as many bytes as may be the beginning of a
// number, as C's scanf does. It returns nil when they are no number.
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
			_ = r.UnreadByte() // cannot fail: a byte was just read
			break
		}
		b = append(b, c)
	}
	f, ok := syntax.ParseNumber(string(b))
	if !ok {
		return lua.LNil
	}
	return lua.LNumber(f)
}

// continuesNumber says whether c may follow b, which begins a number.
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
