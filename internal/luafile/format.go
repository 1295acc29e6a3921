package luafile

import (
	"strings"

	"microts/internal/luavm"
)

// format is a format of read and of lines.
type format struct {
	kind    formatKind
	bytes   int64  // of bytesFormat
	problem string // of badFormat
}

type formatKind byte

const (
	badFormat         formatKind = iota // none; read raises an error
	numberFormat                        // "*n"
	lineFormat                          // "*l"
	lineWithEndFormat                   // "*L"
	allFormat                           // "*a"
	bytesFormat                         // a number of bytes
	endFormat                           // 0: nil at the end of the file, else ""
)

var formatLine = format{kind: lineFormat}

// parseFormat returns the format that a value is. Only the first letter counts, with a star
// before it or without.
func parseFormat(v luavm.Value) format {
	switch {
	case v.IsNumber():
		return bytesOf(v.Float())
	case !v.IsString():
		return format{problem: "invalid option"}
	}
	letter := strings.TrimPrefix(v.Text(), "*")
	if letter == "" {
		letter = "?"
	}
	switch letter[0] {
	case 'n':
		return format{kind: numberFormat}
	case 'l':
		return formatLine
	case 'L':
		return format{kind: lineWithEndFormat}
	case 'a':
		return format{kind: allFormat}
	}
	return format{problem: "invalid format"}
}

// bytesOf returns the format of a number of bytes, which is rounded towards 0.
func bytesOf(n float64) format {
	const most = 1 << 62
	switch {
	case !(n > -1):
		return format{problem: "number of bytes expected, got " + luavm.FormatNumber(n)}
	case n < 1:
		return format{kind: endFormat}
	}
	return format{kind: bytesFormat, bytes: int64(min(n, most))}
}
