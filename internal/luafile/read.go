package luafile

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
)

// read is read of io and of files. The formats are the arguments from first on; without
// any, it reads a line. It pushes what it read, and returns how many values these are:
// the first nil is the last.
func read(L *lua.LState, f *file, called signature, first int) int {
	last := L.GetTop()
	if last < first {
		line, err := readLine(L, f, false)
		if err != nil {
			return pushResult(L, "", err)
		}
		L.Push(line)
		return 1
	}
	for i := first; i <= last; i++ {
		v, err := readFormat(L, f, called, i)
		if err != nil {
			return pushResult(L, "", err)
		}
		L.Push(v)
		if v == lua.LNil {
			return i - first + 1
		}
	}
	return last - first + 1
}

// readFormat reads what the format that is argument i asks for. It returns nil when
// there is no such thing.
func readFormat(L *lua.LState, f *file, called signature, i int) (lua.LValue, error) {
	switch format := L.Get(i).(type) {
	case lua.LNumber:
		return readBytes(L, f, called, i, float64(format))
	case lua.LString:
		name := strings.TrimPrefix(string(format), "*")
		if name == "" {
			break
		}
		switch name[0] {
		case 'n':
			n, ok, err := f.ReadNumber(caller{L})
			return valueIf(ok, lua.LNumber(n)), err
		case 'l':
			return readLine(L, f, false)
		case 'L':
			return readLine(L, f, true)
		case 'a':
			text, err := f.ReadAll(caller{L})
			return lua.LString(text), err
		}
	default:
		called.argError(L, i, "invalid option")
	}
	called.argError(L, i, "invalid format")
	return nil, nil
}

func readLine(L *lua.LState, f *file, withEnd bool) (lua.LValue, error) {
	line, ok, err := f.ReadLine(caller{L}, withEnd)
	if !ok {
		return lua.LNil, err
	}
	return lua.LString(line), err
}

// readBytes reads n bytes, or as many as are left. For 0 bytes the answer says whether
// any is left.
func readBytes(L *lua.LState, f *file, called signature, i int, n float64) (lua.LValue, error) {
	const most = 1 << 62
	if !(n > -1) {
		called.argError(L, i, "number of bytes expected, got "+string(luasyntax.AppendNumber(nil, n)))
	}
	if n < 1 {
		end, err := f.AtEnd(caller{L})
		return valueIf(!end, lua.LString("")), err
	}
	text, err := f.ReadUpTo(caller{L}, int64(min(n, most)))
	return valueIf(text != "", lua.LString(text)), err
}

// valueIf returns a value, or nil if there is none.
func valueIf(ok bool, v lua.LValue) lua.LValue {
	if !ok {
		return lua.LNil
	}
	return v
}

// lines makes the iterator of lines of io and of files. The formats are the arguments
// from first on. If closes is set, the iterator closes the file at the end.
func (l *Library) lines(L *lua.LState, f *file, closes bool) *lua.LFunction {
	formats := make([]lua.LValue, max(L.GetTop()-1, 0))
	for i := range formats {
		formats[i] = L.Get(i + 2)
	}
	return L.NewFunction(func(L *lua.LState) int {
		if f.Closed() {
			L.RaiseError("attempt to use a closed file")
		}
		n, err := nextLine(L, f, formats)
		if err != nil {
			message, _ := describe(L, "", err)
			L.RaiseError("%s", message)
		}
		if closes && L.Get(-n) == lua.LNil {
			_ = l.open.Close(L.Context(), f.Stream) // a file that was read
			if len(formats) == 0 {
				return 0
			}
		}
		return n
	})
}

// nextLine reads what the formats ask for, or a line, as read does.
func nextLine(L *lua.LState, f *file, formats []lua.LValue) (int, error) {
	if len(formats) == 0 {
		line, err := readLine(L, f, false)
		L.Push(line)
		return 1, err
	}
	L.SetTop(0)
	for _, format := range formats {
		L.Push(format)
	}
	called := signature{name: "?"}
	for i := 1; i <= len(formats); i++ {
		v, err := readFormat(L, f, called, i)
		L.Push(v)
		if err != nil || v == lua.LNil {
			return i, err
		}
	}
	return len(formats), nil
}
