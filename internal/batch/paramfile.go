package batch

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// readParamFile reads one of Files. All values of a column have one type.
func readParamFile(path string) ([]Params, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(skipByteOrderMark(f))
	r.TrimLeadingSpace = true
	names, err := readParamLine(r, path)
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: is empty; the names of parameters expected in the first line", path)
	}
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		if name == "" || slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("%s:1: names of parameters expected, each once, got %q", path, strings.Join(names, ","))
		}
	}
	columns := make([][]string, len(names))
	for {
		row, err := readParamLine(r, path)
		if errors.Is(err, io.EOF) {
			return paramRows(names, columns), nil
		}
		if err != nil {
			return nil, err
		}
		for i, text := range row {
			columns[i] = append(columns[i], text)
		}
	}
}

// readParamLine reads a line, without the spaces around its fields.
func readParamLine(r *csv.Reader, path string) ([]string, error) {
	line, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, text := range line {
		if !utf8.ValidString(text) {
			at, _ := r.FieldPos(i)
			return nil, fmt.Errorf("%s:%d: not UTF-8: %q; convert the file: iconv -f gb18030 -t utf-8 %s", path, at, text, path)
		}
		line[i] = strings.TrimSpace(text)
	}
	return line, nil
}

// paramRows makes Params of each line of the columns with some names.
func paramRows(names []string, columns [][]string) []Params {
	all := make([]Params, len(columns[0]))
	for i, column := range columns {
		for k, value := range parseColumn(column) {
			all[k] = append(all[k], Param{names[i], value})
		}
	}
	return all
}

// skipByteOrderMark skips the mark that spreadsheets write at the beginning of a file.
func skipByteOrderMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}
