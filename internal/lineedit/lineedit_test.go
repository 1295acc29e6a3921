package lineedit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// user is a user at a terminal, on which an editor reads lines.
type user struct {
	t       *testing.T
	ptm     *os.File // the user's side
	term    vt10x.Terminal
	changed chan struct{}
	lines   chan result
	more    chan string // asks for the next line, before which it is printed; closed: no more are read
}

// result is what Read returned.
type result struct {
	text string
	err  error
}

// newUser starts an editor on a terminal. Its In and Out are set.
func newUser(t *testing.T, width, height int, o Options) *user {
	t.Helper()
	ptm, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(ptm, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	u := &user{
		t: t, ptm: ptm, term: vt10x.New(vt10x.WithWriter(ptm), vt10x.WithSize(width, height)),
		changed: make(chan struct{}, 1), lines: make(chan result), more: make(chan string, 16),
	}
	o.In, o.Out = tty, tty
	if o.Prompt == "" {
		o.Prompt, o.Continued = "> ", ". "
	}
	e := New(o)
	drawn, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		buf := make([]byte, 4096)
		for {
			n, err := ptm.Read(buf)
			_, _ = u.term.Write(buf[:n])
			select {
			case u.changed <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		defer close(read)
		for printed := range u.more {
			_, _ = tty.WriteString(printed)
			text, err := e.Read()
			u.lines <- result{text, err}
		}
	}()
	u.more <- ""
	t.Cleanup(func() {
		close(u.more)
		// A key that comes while no line is read may be lost.
		deadline, again := time.After(patience), time.NewTicker(100*time.Millisecond)
		defer again.Stop()
		_, _ = ptm.WriteString("\x03")
		for done := false; !done; {
			select {
			case <-u.lines:
			case <-read:
				done = true
			case <-again.C:
				_, _ = ptm.WriteString("\x03\x15\x04") // whatever mode it is in
			case <-deadline:
				t.Error("Read does not return")
				done = true
			}
		}
		tty.Close()
		<-drawn // EIO: no side is open
		ptm.Close()
	})
	u.waitFor("the prompt", func(screen string) bool { return strings.HasSuffix(screen, strings.TrimRight(o.Prompt, " ")) })
	return u
}

// typed types keys.
func (u *user) types(keys string) {
	u.t.Helper()
	if _, err := io.WriteString(u.ptm, keys); err != nil {
		u.t.Fatal(err)
	}
}

// line waits for what Read returns, and lets it read the next line.
func (u *user) line() (string, error) { return u.lineThen("") }

// lineThen is line, and prints something before the next line.
func (u *user) lineThen(printed string) (string, error) {
	u.t.Helper()
	select {
	case r := <-u.lines:
		u.more <- printed
		return r.text, r.err
	case <-time.After(patience):
		u.t.Fatalf("Read does not return:\n%s", u.screen())
		return "", nil
	}
}

func (u *user) screen() string {
	var lines []string
	for line := range strings.Lines(u.term.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// cursor returns the column and the row of the cursor.
func (u *user) cursor() string {
	u.term.Lock()
	defer u.term.Unlock()
	c := u.term.Cursor()
	return fmt.Sprintf("%d,%d", c.X, c.Y)
}

func (u *user) waitFor(what string, ok func(screen string) bool) {
	u.t.Helper()
	for deadline := time.After(patience); !ok(u.screen()); {
		select {
		case <-u.changed:
		case <-deadline:
			u.t.Fatalf("the screen lacks %s:\n%s", what, u.screen())
		}
	}
}

// sees waits until the screen is as wanted, and the cursor where it is wanted, if it is.
func (u *user) sees(want, cursor string) {
	u.t.Helper()
	u.waitFor(fmt.Sprintf("%q, cursor %s", want, cursor), func(screen string) bool {
		return screen == want && (cursor == "" || u.cursor() == cursor)
	})
}

// edited returns the line that keys and Enter make.
func edited(t *testing.T, o Options, keys string) string {
	t.Helper()
	u := newUser(t, 80, 24, o)
	u.types(keys)
	if !strings.HasSuffix(keys, "\r") {
		u.types("\r")
	}
	text, err := u.line()
	if err != nil {
		t.Errorf("%q: %v", keys, err)
	}
	return text
}

// The keys of the tests.
const (
	up, down, right, left = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
	altEnter              = "\x1b\r"
)

// history returns a history of some lines.
func history(lines ...string) *History { return &History{entries: lines} }

func TestEmacsKeys(t *testing.T) {
	past := []string{"first line", "block 1\nblock 2", "last"}
	for _, c := range []struct{ keys, want string }{
		{"plain", "plain"},
		{"¥ µ é · ÿ \u00a0", "¥ µ é · ÿ \u00a0"},
		{"e\u0301x" + left + "\x7f" + "a", "ax"}, // a letter and its mark are one
		{"中文" + left + "x", "中x文"},
		{"👩‍👩‍👧b" + left + left + "a", "a👩‍👩‍👧b"},
		{"ab\x01x\x05y", "xaby"},
		{"ab\x02\x02x\x06y", "xayb"},
		{"one two\x1bbx\x1bfy", "one xtwoy"},
		{"one_1.two\x17x", "x"},
		{"one_1.two\x1b\x7fx", "one_1.x"},
		{"one two\x01\x1bd\x05x", " twox"},
		{"one two\x15x\x19", "xone two"},
		{"one two\x01\x0bx\x19", "xone two"},
		{"one two three\x17\x17\x19", "one two three"}, // cuts in a row are one
		{"one two\x17x\x17\x19\x1by", "one two"},
		{"abc\x01\x04", "bc"},
		{"abc" + left + "\x1b[3~", "ab"},
		{"abc\x04", "abc"}, // Ctrl-D at the end deletes nothing
		{"one" + altEnter + "two" + up + "\x04", "one\ntwo"},
		{"one" + altEnter + "two" + up + "\x1b[3~", "onetwo"},
		{"ab\x14", "ba"},
		{"one two\x1bt", "two one"},
		{"one two\x01\x1bu\x1bc", "ONE Two"},
		{"ABC\x01\x1bl", "abc"},
		{"abc\x1f", ""},
		{"abc\x17\x1f", "abc"},
		{"abc\x17\x1f\x1b/", ""},
		{"\x1b3ab", "aaab"},
		{"abcdef\x1b3\x02x", "abcxdef"},
		{"abcdef\x1b12\x02x", "xabcdef"},
		{"\x16\x03x", "\x03x"},
		{"\x1b[200~a\tb\r\nc\rd\x1b[201~", "a\tb\nc\nd"},
		{"\x1b[200~\x1b[A\x03\x1b[201~", "\x1b[A\x03"}, // what is pasted is no keys
		{"a\x1b[200~\xff\xfe\x1b[201~b" + left + left + "\x7f", "a\xfeb"},
		{"x\x1b[1;5Dy\x1b[99~z", "yzx"},
		{up, "last"},
		{up + up, "block 1\nblock 2"},
		{up + up + "x", "block 1\nblock 2x"},
		{up + up + up + "x", "block 1x\nblock 2"},
		{up + up + up + up, "first line"},
		{up + up + up + up + down, "block 1\nblock 2"},
		{"\x10\x10\x10\x10\x0e\x0e\x0e", ""},
		{"new" + up + down, "new"}, // what was typed is still there
		{up + "x" + up + down, "lastx"},
		{"bl" + "\x1bp", "block 1\nblock 2"},
		{"\x1b<", "first line"},
		{"\x1b<\x1b>", ""},
		{"\x1b.", "last"},
		{"\x1b.\x1b.", "2"},
		{"\x12fir\r", "first line"},
		{"\x12i\x12\x05x", "first linex"},
		{"\x12BLOCK\x07x", "x"}, // upper case matches only itself
		{"\x12last\x12\x7f\x7f\x7f\x7fblock\x05x", "block 1x\nblock 2"},
		{"abc\x12last\x07x", "abcx"},
		{up + "\x0f", "last"},
	} {
		if got := edited(t, Options{History: history(past...)}, c.keys); got != c.want {
			t.Errorf("%q: %q and not %q", c.keys, got, c.want)
		}
	}
}

func TestViKeys(t *testing.T) {
	const esc = "\x1b[27u" // Esc alone takes a while to be known from Alt
	keys := NewKeys()
	keys.Vi = true
	for _, c := range []struct{ keys, want string }{
		{"abc", "abc"},
		{"abc|0x", "bc"},
		{"abc|x", "ab"},
		{"abc|hix", "axbc"},
		{"abc|0ax", "axbc"},
		{"abc|Ix", "xabc"},
		{"abc|0Ax", "abcx"},
		{"abc|ox", "abc\nx"},
		{"abc|Ox", "x\nabc"},
		{"one two.three|0dw", "two.three"},
		{"one two.three|0wdw", "one .three"},
		{"one two.three|0wdW", "one "},
		{"one two.three|02dw", ".three"},
		{"one two.three|0d2w", ".three"},
		{"one two|0cwx", "xtwo"},
		{"one two|0cex", "x two"},
		{"one two|bD", "one "},
		{"one two|bCx", "one x"},
		{"one two|db", "one o"},
		{"one two|0d$", ""},
		{"one two|dd", ""},
		{"f(a, b)|0f,x", "f(a b)"},
		{"f(a, b)|0dt,", ", b)"},
		{"f(a, b)|F(x", "fa, b)"},
		{"a.b.c|0f.;x", "a.bc"},
		{"a.b.c|0f.;,x", "ab.c"},
		{"f(a, b)|0f(d%", "f"},
		{"abc|rx", "abx"},
		{"abc|02rx", "xxc"},
		{"abc|~", "abC"},
		{"abc|0xp", "bac"},
		{"abc|0yw$p", "abcabc"},
		{"abc|yyp", "abc\nabc"},
		{"abc|0x.", "c"},
		{"abc|0cwx|.", "x"},
		{"abc|xxu", "ab"},
		{"abc|xu\x12", "ab"},
		{"abc|0d|x", "bc"},
		{"one\x1b\rtwo|kdd", "two"},
		{"one\x1b\rtwo|dk", ""},
		{"中文|x", "中"},
		{"abc|0\x1b[200~xy\x1b[201~", "xyabc"},
	} {
		typed := strings.NewReplacer("|", esc, altEnter, "\x1b[13;2u").Replace(c.keys)
		u := newUser(t, 80, 24, Options{Keys: keys})
		u.types(typed + "\r")
		if got, err := u.line(); got != c.want || err != nil {
			t.Errorf("%q: %q, %v and not %q", c.keys, got, err, c.want)
		}
	}
}

// TestEscape presses Esc alone: after a while it is no Alt.
func TestEscape(t *testing.T) {
	keys := NewKeys()
	keys.Vi = true
	u := newUser(t, 80, 24, Options{Keys: keys})
	u.types("abc")
	u.sees("> abc", "5,0")
	u.types("\x1b")
	u.sees("> abc", "4,0")
	u.types("b")
	u.sees("> abc", "2,0")
}

// TestEndsOfALine is Ctrl-C, Ctrl-D, and the mode in which the terminal is left.
func TestEndsOfALine(t *testing.T) {
	u := newUser(t, 40, 10, Options{})
	u.types("dropped\x03")
	if text, err := u.line(); text != "" || !errors.Is(err, ErrInterrupted) {
		t.Errorf("%q, %v", text, err)
	}
	u.sees("> dropped^C\n>", "2,1")
	u.types("\x04")
	if text, err := u.line(); text != "" || !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v", text, err)
	}
	u.types("x\r")
	if text, err := u.line(); text != "x" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// TestInterruptBehindEnter types Ctrl-C behind the Enter that ends a line: it is for what
// the line runs, and drops what was typed before.
func TestInterruptBehindEnter(t *testing.T) {
	interrupted := make(chan bool, 4)
	u := newUser(t, 40, 10, Options{Interrupted: func() { interrupted <- true }})
	u.types("one\rlost\r\x03two\rthree\r")
	for _, want := range []string{"one", "two", "three"} {
		if text, err := u.line(); text != want || err != nil {
			t.Errorf("%q, %v and not %q", text, err, want)
		}
	}
	if n := len(interrupted); n != 1 {
		t.Errorf("%d interrupts", n)
	}
}

func whole(text string) bool { return strings.HasSuffix(text, "end") }

// block returns a text of some lines, "end" the last.
func block(lines int) string {
	var b strings.Builder
	for i := range lines - 1 {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String() + "end"
}

// TestTallBlock edits a text that has more lines than the screen rows: it shows those
// around the cursor, and its end when it runs.
func TestTallBlock(t *testing.T) {
	u := newUser(t, 20, 5, Options{Whole: whole})
	text := block(12)
	u.types("\x1b[200~" + text + "\x1b[201~")
	u.sees(". line 8\n. line 9\n. line 10\n. line 11\n. end", "5,4")
	u.types(strings.Repeat(up, 6))
	u.sees(". line 6\n. line 7\n. line 8\n. line 9\n. line 10", "5,0")
	u.types("\x05x")
	u.sees(". line 6x\n. line 7\n. line 8\n. line 9\n. line 10", "9,0")
	u.types("\x7f" + strings.Repeat(up, 5))
	u.sees("> line 1\n. line 2\n. line 3\n. line 4\n. line 5", "8,0")
	u.types(strings.Repeat(down, 3) + "\x15\x7f") // takes line 4 away
	u.sees("> line 1\n. line 2\n. line 3\n. line 5\n. line 6", "8,2")
	u.types("\r")
	if got, err := u.line(); got != strings.Replace(text, "line 4\n", "", 1) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	u.sees(". line 9\n. line 10\n. line 11\n. end\n>", "2,4")
}

// TestEnterInABlock begins another row until the text is whole.
func TestEnterInABlock(t *testing.T) {
	u := newUser(t, 20, 6, Options{Whole: whole})
	u.types("a\r\tb\rend\r")
	if got, err := u.line(); got != "a\n  b\nend" || err != nil { // Tab indents
		t.Errorf("%q, %v", got, err)
	}
	u.sees("> a\n.   b\n. end\n>", "2,3")
}

// TestLongLine wraps a line that is longer than a row.
func TestLongLine(t *testing.T) {
	u := newUser(t, 10, 6, Options{})
	u.types("12345678")
	u.sees("> 12345678", "0,1") // the row is full
	u.types("90")
	u.sees("> 12345678\n90", "2,1")
	u.types("\x01x")
	u.sees("> x1234567\n890", "3,0")
	u.types("\x04\x04\x04\x04\x05")
	u.sees("> x567890", "9,0")
	u.types("\r")
	if got, _ := u.line(); got != "x567890" {
		t.Error(got)
	}
}

// TestFreshRow reads a line when something was printed without an end of line: the prompt
// begins a row all the same.
func TestFreshRow(t *testing.T) {
	u := newUser(t, 10, 6, Options{})
	for i, printed := range []string{"ab", "0123456789", "012345678", "ab\n", ""} {
		u.types("\r")
		if _, err := u.lineThen(printed); err != nil {
			t.Fatal(err)
		}
		u.types("\x0c") // a clear screen
		u.waitFor("a prompt", func(screen string) bool { return screen == ">" })
		u.types("\r")
		_, _ = u.lineThen(printed)
		want := []string{">\nab⏎\n>", ">\n0123456789\n>", ">\n012345678⏎\n>", ">\nab\n>", ">\n>"}[i]
		u.waitFor(fmt.Sprintf("%q after %q", want, printed), func(screen string) bool { return strings.ReplaceAll(screen, "\n⏎\n", "\n") == want })
	}
}

// TestKeysStayFastAfterAPaste types into a block of 152 lines, and into one of 20,000.
func TestKeysStayFastAfterAPaste(t *testing.T) {
	spans := func(text string) (all []Span) {
		for i := 0; i < len(text); i += 4 {
			all = append(all, Span{i, i + 2, "34"})
		}
		return all
	}
	for _, lines := range []int{152, 20000} {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		e := New(Options{In: null, Out: null, Spans: spans})
		e.begin()
		e.press(key{text: block(lines), paste: true})
		e.draw()
		fastest, once := time.Hour, time.Hour // a key; colours of the whole text
		for i := range 50 {
			if i < 5 {
				start := time.Now()
				spans(block(lines))
				once = min(once, time.Since(start))
			}
			start := time.Now()
			e.press(key{text: "x"})
			e.draw()
			e.press([]key{{name: "Up"}, {name: "Left"}}[i%2])
			e.draw()
			fastest = min(fastest, time.Since(start)/2)
		}
		null.Close()
		if most := 10 * once; fastest > most { // about as long, on any machine
			t.Errorf("a key takes %v in a text of %d lines, to colour all of it %v", fastest, lines, once)
		}
	}
}

// TestResize changes the size while a line of several rows is edited.
func TestResize(t *testing.T) {
	u := newUser(t, 20, 6, Options{})
	u.types("12345678901234567890123")
	u.sees("> 123456789012345678\n90123", "5,1")
	u.term.Resize(30, 6)
	if err := pty.Setsize(u.ptm, &pty.Winsize{Rows: 6, Cols: 30}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(os.Getpid(), unix.SIGWINCH); err != nil { // the terminal is not that of this process
		t.Fatal(err)
	}
	u.waitFor("one row", func(screen string) bool { return strings.Contains(screen, "> 12345678901234567890123") })
	u.types("\r")
	if got, _ := u.line(); got != "12345678901234567890123" {
		t.Error(got)
	}
}

// TestDumb reads lines from a terminal that cannot move its cursor: nothing but the text
// is written.
func TestDumb(t *testing.T) {
	u := newUser(t, 40, 12, Options{Dumb: true, Whole: whole})
	u.types("¥ 1\n")
	u.sees("> ¥ 1\n.", "")
	u.types("end\n")
	if got, err := u.line(); got != "¥ 1\nend" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	u.sees("> ¥ 1\n. end\n>", "2,2")
	u.types("\x04")
	if _, err := u.line(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// FuzzEditor types anything. The cursor stays in the text, and nothing fails.
func FuzzEditor(f *testing.F) {
	f.Add("a\x1b\rb\x1b[A\x0b\x19\x1by\x12a\x12\r", 40, 5, false)
	f.Add("ab\tc\t\t\x1b[6~\x1b[Z\x07\x14\x1bt\x1bu\x1f\x1f\x1b/", 7, 2, false)
	f.Add("one two\x1b0dw.u.3xp~JoOP%f.;,\x1b/abc\rnN", 3, 1, true)
	f.Fuzz(func(t *testing.T, typed string, width, height int, vi bool) {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		keys := NewKeys()
		keys.Vi = vi
		delete(keys.insert, "C-z") // would stop the test
		delete(keys.normal, "C-z")
		e := New(Options{
			In: null, Out: null, Keys: keys, Prompt: "\x1b[1m> \x1b[0m", Continued: ". ",
			History:  history("one", "two\nthree", "a.b\t中"),
			Complete: offers(Candidate{"alpha", "help\nmore"}, Candidate{"alps", ""}, Candidate{"中文", ""}),
			Whole:    func(text string) bool { return len(text)%2 == 0 },
		})
		e.begin()
		e.screen.begin(2+max(width, -width)%100, 1+max(height, -height)%50)
		for held := []byte(typed); len(held) > 0; {
			k, n := decode(held, len(held)%3 == 0)
			if n == 0 {
				k, n = decode(held, true)
			}
			held = held[n:]
			if len(e.text) > 1<<16 {
				return
			}
			e.press(k)
			if e.cursor < 0 || e.cursor > len(e.text) {
				t.Fatalf("%q: the cursor is at %d of %q", typed, e.cursor, e.text)
			}
			e.draw()
			if e.done {
				e.leave()
				e.begin()
			}
		}
	})
}
