package lineedit

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hinshun/vt10x"
	"pgregory.net/rapid"
)

// texts draws texts that are hard to lay out.
func texts() *rapid.Generator[string] {
	pieces := []string{"a", "bc ", "\n", "\t", "中", "e\u0301", "é", "👩‍👩‍👧", "\x01", "\xff", "\u0301", "\u0085", "\u200b", strings.Repeat("x", 30), "🇨🇳", "\r"}
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "pieces"), "")
	})
}

// TestClusters goes through texts in both directions: by whole clusters, to the end.
func TestClusters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		for at := 0; at < len(text); {
			next := nextCluster(text, at)
			if next <= at || next > len(text) || utf8.ValidString(text) && next < len(text) && !utf8.RuneStart(text[next]) {
				t.Fatalf("from %d to %d", at, next)
			}
			if at < len(text) && strings.Contains(text[at:next-1], "\n") {
				t.Fatalf("%q holds a line feed", text[at:next])
			}
			at = next
		}
		for at := len(text); at > 0; {
			before := prevCluster(text, at)
			if before >= at || before < 0 {
				t.Fatalf("from %d back to %d", at, before)
			}
			at = before
		}
	})
}

func TestShown(t *testing.T) {
	for _, c := range []struct {
		cluster string
		column  int
		want    string
		width   int
	}{
		{"a", 0, "a", 1},
		{"é", 0, "é", 1},
		{"e\u0301", 0, "e\u0301", 1},
		{"中", 0, "中", 2},
		{"¥", 0, "¥", 1},
		{"·", 0, "·", 1}, // ambiguous: narrow
		{"\t", 0, "    ", 4},
		{"\t", 3, " ", 1},
		{"\x01", 0, "^A", 2},
		{"\x7f", 0, "^?", 2},
		{"\u0085", 0, "<85>", 4},
		{"\xff", 0, "<ff>", 4},
	} {
		if got, width := shown(c.cluster, c.column); got != c.want || width != c.width {
			t.Errorf("%q: %q of %d columns", c.cluster, got, width)
		}
	}
}

// TestLayout lays out texts: the rows hold all of the text in order, none is wider than
// the screen, and the cursor is in one that is shown.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(Options{Prompt: "> ", Continued: ". "})
		e.text = texts().Draw(t, "text")
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			e.cursor = nextCluster(e.text, e.cursor)
		}
		width, height := rapid.IntRange(5, 40).Draw(t, "width"), rapid.IntRange(1, 10).Draw(t, "height")
		l := e.newLayout(width)
		at, n := 0, 0
		for p := (position{}); !l.end().before(p); p = l.following(p) {
			r := l.rows(p.line)[p.row]
			if r.start != at && !(p.row == 0 && r.start == at+1) || r.end < r.start {
				t.Fatalf("the row %+v begins behind %d", r, at)
			}
			if r.width > width {
				t.Fatalf("the row %+v is wider than %d", r, width)
			}
			at = r.end
			n++
		}
		if at != len(e.text) {
			t.Fatalf("the rows end at %d of %d", at, len(e.text))
		}
		e.view = position{rapid.IntRange(0, 5).Draw(t, "line"), 0}
		if e.view.line >= len(l.starts) {
			e.view = position{}
		}
		top := l.window(e.view, height)
		cursor, column := l.at()
		if cursor.before(top) || l.count(top, cursor, height+1) > height {
			t.Fatalf("%d rows from %+v do not hold the cursor at %+v", height, top, cursor)
		}
		if column < 0 || column >= width {
			t.Fatalf("the cursor is in column %d of %d", column, width)
		}
		if shown := l.count(top, l.end(), height); shown < min(n, height) {
			t.Fatalf("%d rows are shown of %d, on a screen of %d", shown, n, height)
		}
	})
}

// TestScreenShowsWhatWasDrawnLast draws one frame after the other. The terminal shows the
// last one as if it were the only one.
func TestScreenShowsWhatWasDrawnLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const width, height = 8, 6
		terminal := vt10x.New(vt10x.WithSize(width, height))
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer read.Close()
		defer write.Close()
		s := screen{out: write}
		s.begin(width, height)
		buf := make([]byte, 1<<16)
		for range rapid.IntRange(1, 6).Draw(t, "frames") {
			var f frame
			var want []string
			for range rapid.IntRange(1, height).Draw(t, "rows") {
				text := rapid.SampledFrom([]string{"", "a", "bcd", "12345678", "abcdefgh", "\x1b[31mred\x1b[0m"}).Draw(t, "row")
				full := len(text) == width
				f.rows = append(f.rows, screenRow{text: text, full: full, soft: full && rapid.Bool().Draw(t, "soft")})
				want = append(want, strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(text))
			}
			f.row, f.column = rapid.IntRange(0, len(f.rows)-1).Draw(t, "cursor"), rapid.IntRange(0, width-1).Draw(t, "column")
			s.draw(f)
			n, err := read.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = terminal.Write(buf[:n])
			var got []string
			for line := range strings.Lines(terminal.String()) {
				got = append(got, strings.TrimRight(line, " \n"))
			}
			shown, wanted := strings.TrimRight(strings.Join(got, "\n"), "\n"), strings.TrimRight(strings.Join(want, "\n"), "\n")
			if c := terminal.Cursor(); shown != wanted || c.X != f.column || c.Y != f.row {
				t.Fatalf("%q\nwith the cursor at %d,%d and not\n%q\nwith %d,%d", shown, c.X, c.Y, wanted, f.column, f.row)
			}
		}
	})
}
