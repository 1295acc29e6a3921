package tickfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"microts/internal/tick"
)

// marshal returns the JSON of a group.
func marshal(t testing.TB, g Group) string {
	t.Helper()
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever a group and its bytes are, Decode returns rows that a tick.Source may return,
// or a *FormatError.
func FuzzDecode(f *testing.F) {
	file, groups := write(f, 'S', 200, 1000, goldenRows())
	for _, g := range groups {
		r := g.Range()
		b := file[r.Offset : r.Offset+r.Length]
		g.Offset, g.Sums = 0, Sums{}
		f.Add(b, marshal(f, g), uint8(tick.AllColumns))
		f.Add(b, marshal(f, g), uint8(tick.PriceColumn))
	}
	f.Fuzz(func(t *testing.T, b []byte, text string, set uint8) {
		var g Group
		if json.Unmarshal([]byte(text), &g) != nil {
			return
		}
		g.Sums = Sums{}
		chunks := g.Cut(b, g.Offset)
		var c tick.Columns
		runs, err := g.Decode(&chunks, tick.ColumnSet(set)&tick.AllColumns, &c)
		if err != nil {
			var malformed *FormatError
			if !errors.As(err, &malformed) || c.Len() > 0 {
				t.Errorf("%d rows, %v", c.Len(), err)
			}
			return
		}
		checkRows(t, &g, runs, c, tick.ColumnSet(set)&tick.AllColumns)
	})
}

// checkRows checks what a decoded group promises, whatever its bytes were.
func checkRows(t *testing.T, g *Group, runs []Run, c tick.Columns, set tick.ColumnSet) {
	at := 0
	if runs == nil { // the chunk of code is missing
		at = c.Len()
	}
	for _, run := range runs {
		if run.From != at || run.To <= run.From {
			t.Fatalf("runs %v", runs)
		}
		at = run.To
		if set == tick.AllColumns {
			w := NewWriter(new(bytes.Buffer), 'S', WriterOptions{})
			part := c.Part(run.From, run.To)
			if _, err := tick.NewName('S', run.Code); err != nil || (tick.Name{Market: 'S', Code: run.Code}).CodeText() != run.Code {
				continue
			}
			if err := w.Write(run.Code, &part); err != nil && !otherIsRecord(part) {
				t.Fatalf("rows that a file cannot have: %v", err)
			}
		}
	}
	if at != c.Len() || c.Len() != g.Rows || len(c.Others) != g.Raws || len(c.OtherValues) != g.Raws {
		t.Fatalf("%d rows, %d others in %v", c.Len(), len(c.Others), runs)
	}
}

// otherIsRecord says whether a value that stands in raw is a tick record.
func otherIsRecord(c tick.Columns) bool {
	for _, value := range c.OtherValues {
		if tick.IsRecord(value) {
			return true
		}
	}
	return false
}

// Whatever a file is, Open and Read return a *FormatError or what they should.
func FuzzOpen(f *testing.F) {
	file, _ := write(f, 'S', 200, 1000, goldenRows())
	f.Add(file)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for i := range file.Groups() {
			g := &file.Groups()[i]
			var c tick.Columns
			runs, err := file.Read(g, tick.AllColumns, &c)
			if err == nil {
				checkRows(t, g, runs, c, tick.AllColumns)
			}
		}
	})
}
