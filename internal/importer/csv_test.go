package importer

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// cutAll returns the blocks of a text, from a reader that returns little at a time.
func cutAll(text string, delim byte) (blocks []block, err error) {
	c := &cutter{r: iotest.OneByteReader(strings.NewReader(text)), delim: delim, quotes: true, line: 1}
	for {
		b, err := c.next(make([]byte, 0, 16))
		if err == io.EOF {
			return blocks, nil
		}
		if err != nil {
			return blocks, err
		}
		blocks = append(blocks, block{bytes.Clone(b.data), b.line})
	}
}

// splitAll returns the rows of a text, and their lines.
func splitAll(text string, delim byte) (rows [][]string, lines []int) {
	line := 1
	for t := []byte(text); len(t) > 0; {
		end := rowEnd(t, delim)
		if row := trimRow(t[:end]); len(row) > 0 {
			var fields []string
			for _, f := range splitRow(row, delim) {
				fields = append(fields, string(f))
			}
			rows, lines = append(rows, fields), append(lines, line)
		}
		line += bytes.Count(t[:end], []byte{'\n'})
		t = t[end:]
	}
	return rows, lines
}

// TestCSVIsThatOfTheStandardLibrary: what encoding/csv writes is read as it was, on the
// lines where it stands.
func TestCSVIsThatOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 4).Draw(t, "width")
		delim := rapid.SampledFrom([]byte(",;\t|")).Draw(t, "delimiter")
		cell := rapid.StringMatching(`[a"\n,;\t|é 成]{0,6}|[0-9.]{1,8}`)
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 20).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = rune(delim), rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		got, _ := splitAll(b.String(), delim)
		if w.UseCRLF { // the writer writes the line ends in fields so too
			for _, row := range got {
				for i := range row {
					row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(rows) {
			t.Fatalf("%q is read as %q", b.String(), got)
		}
	})
}

// TestBlocksAreWholeRows: blocks, one after the other, are the text; each begins a row, at
// the line that it says.
func TestBlocksAreWholeRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a,"]|\r?\n|"[a,\n]*"){0,60}`).Draw(t, "text")
		_, open := lastRow([]byte(text), ',')
		blocks, err := cutAll(text, ',')
		if (open >= 0) != (err != nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		rows, lines := splitAll(text, ',')
		var all strings.Builder
		var got [][]string
		var gotLines []int
		for _, b := range blocks {
			all.Write(b.data)
			r, l := splitAll(string(b.data), ',')
			got = append(got, r...)
			for _, line := range l {
				gotLines = append(gotLines, line+int(b.line)-1)
			}
		}
		if all.String() != text || fmt.Sprint(got) != fmt.Sprint(rows) || !slices.Equal(gotLines, lines) {
			t.Fatalf("%q is cut into %v", text, blocks)
		}
	})
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		text   string
		delim  byte
		header []string
	}{
		{"a,b\n1,2\n", ',', []string{"a", "b"}},
		{"a;b\n1,5;2,5\n1,5;3,5\n", ';', []string{"a", "b"}},
		{"a\tb\n1\t2\n", '\t', []string{"a", "b"}},
		{"a|b|c\n1|2|3", '|', []string{"a", "b", "c"}},
		{"\n\r\na,b\r\n1,2\r\n", ',', []string{"a", "b"}},
		{"\"a\nb\",\"c\"\n1,2\n", ',', []string{"a\nb", "c"}},
		{"1,2\n3,4\n", ',', nil},
		{"600519,2023-11-14 09:30:00,B\n", ',', nil},
		{"AAPL,2023-11-14,B\n", ',', nil},
		{"", ',', nil},
	} {
		f, err := sniffCSV([]byte(c.text), true, false, 0, "")
		if err != nil || c.text != "" && f.delim != c.delim || !slices.Equal(f.header, c.header) {
			t.Errorf("%q: %q %q %v", c.text, f.delim, f.header, err)
		}
	}
	if _, err := sniffCSV([]byte("a,b,a\n"), true, false, 0, ""); fmt.Sprint(err) != `1: names of columns expected, got "a" twice` {
		t.Error(err)
	}
}

// FuzzCSV: no text panics; each row is good or bad, and what is read does not depend on
// how the text is cut.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("code,ts,price\n600519.SH,1700000000,10.5\n"), byte(','), false)
	f.Add([]byte("\"600519.SH\";\"1700000000\";\"1\"\"0\"\n\n\r\n;;"), byte(';'), false)
	f.Add([]byte("\xc2\xf2|1700000000|1\n"), byte('|'), true)
	f.Fuzz(func(t *testing.T, text []byte, delim byte, gbk bool) {
		if delim == '"' || delim == '\n' || delim == '\r' || delim >= 0x80 {
			return
		}
		_, _ = sniffCSV(text, true, gbk, 0, "")
		parse := func(blocks []block) (ticks string, rows int64, bad int) {
			s := &schema{columns: []string{"code", "ts", "price"}, format: formatCSV}
			m, err := (&settings{}).mapping(s, 'Z')
			if err != nil {
				t.Fatal(err)
			}
			p, err := m.plan(s, &names{})
			if err != nil {
				t.Fatal(err)
			}
			c := newCSVParser(p, s, csvFormat{delim: delim, gbk: gbk})
			b := &batch{}
			for _, in := range blocks {
				c.parse(in, b)
			}
			if b.rows != int64(len(b.ticks)+len(b.bad)) {
				t.Errorf("%d rows, %d good and %d bad", b.rows, len(b.ticks), len(b.bad))
			}
			return fmt.Sprint(b.ticks, b.values, b.lines, b.bad), b.rows, len(b.bad)
		}
		blocks, err := cutAll(string(text), delim)
		if err != nil {
			return
		}
		cut, rows, bad := parse(blocks)
		whole, wholeRows, wholeBad := parse([]block{{bytes.Clone(text), 1}})
		// Whether a block is decoded as a whole depends on what is in it.
		if (!gbk || delim < 0x40) && (cut != whole || rows != wholeRows || bad != wholeBad) {
			t.Errorf("cut: %s\nwhole: %s", cut, whole)
		}
	})
}
