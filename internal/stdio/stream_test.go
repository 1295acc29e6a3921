package stdio

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"microts/internal/torture"
)

// caller is a script without limits.
type caller struct{}

func (caller) Context() context.Context { return nil }

func (caller) Room(int64) error { return nil }

// streamOf returns a Stream of a temporary file, for reading and writing, that holds a
// text. It stands at the beginning.
func streamOf(t *testing.T, text string) *Stream {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	s := NewStream(NewOSDevice(f), Mode{Read: true, Write: true})
	t.Cleanup(func() {
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestStreamIsAFileWithoutBuffer does random operations on a Stream and on its model: the
// bytes of the file and a position.
func TestStreamIsAFileWithoutBuffer(t *testing.T) {
	for seed := range uint64(torture.Rounds(t, 50, 50)) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := &model{text: randomText(r, 60_000)}
		s := streamOf(t, string(m.text))
		var done []string
		for range 60 {
			op, got, want := m.step(t, r, s)
			done = append(done, op)
			if got != want {
				t.Fatalf("seed %d: after %s\n got %.80q\nwant %.80q", seed, strings.Join(done, ", "), got, want)
			}
		}
		if _, err := s.Seek(t.Context(), 0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if all, err := s.ReadAll(caller{}); err != nil || string(all.Bytes) != string(m.text) {
			t.Fatalf("seed %d: after %s: the file is another one (%v)", seed, strings.Join(done, ", "), err)
		}
	}
}

func randomText(r *rand.Rand, most int) []byte {
	text := make([]byte, r.IntN(most))
	for i := range text {
		text[i] = "ab\x00\r1"[r.IntN(5)]
		if r.IntN(1+r.IntN(20_000)) == 0 {
			text[i] = '\n'
		}
	}
	return text
}

type model struct {
	text []byte
	at   int
}

// step does one operation on both, and says which, and what both returned.
func (m *model) step(t *testing.T, r *rand.Rand, s *Stream) (op, got, want string) {
	t.Helper()
	switch r.IntN(7) {
	case 0, 1:
		line, ok, err := s.ReadLine(caller{}, true)
		want := m.take(bytes.IndexByte(m.text[m.at:], '\n') + 1)
		return "line", fmt.Sprint(string(line.Bytes), ok, err), fmt.Sprint(want, want != "", nil)
	case 2:
		n := r.IntN(20_000) + 1
		text, err := s.ReadUpTo(caller{}, int64(n))
		return fmt.Sprintf("read %d", n), fmt.Sprint(string(text.Bytes), err), fmt.Sprint(m.take(n), nil)
	case 3:
		text := randomText(r, 20_000)
		err := s.Write(caller{}, text)
		m.text = append(m.text[:m.at:m.at], append(text[:len(text):len(text)], m.text[min(m.at+len(text), len(m.text)):]...)...)
		m.at += len(text)
		return fmt.Sprintf("write %d", len(text)), fmt.Sprint(err), fmt.Sprint(nil)
	case 4:
		b := Buffering(r.IntN(3))
		return fmt.Sprintf("buffering %d", b), fmt.Sprint(s.SetBuffering(context.Background(), b)), fmt.Sprint(nil)
	case 5:
		at := r.IntN(len(m.text) + 1)
		whence := r.IntN(3)
		offset := at - []int{0, m.at, len(m.text)}[whence]
		got, err := s.Seek(context.Background(), int64(offset), whence)
		m.at = at
		return fmt.Sprintf("seek %d %d", offset, whence), fmt.Sprint(got, err), fmt.Sprint(at, nil)
	}
	got0, err := s.Seek(context.Background(), 0, io.SeekCurrent)
	return "tell", fmt.Sprint(got0, err), fmt.Sprint(m.at, nil)
}

// take reads up to n bytes of the model; 0 is all.
func (m *model) take(n int) string {
	if n == 0 {
		n = len(m.text)
	}
	end := min(m.at+n, len(m.text))
	text := string(m.text[m.at:end])
	m.at = end
	return text
}

func TestParseModeRefusesWhatFopenRefuses(t *testing.T) {
	for _, text := range []string{"", "x", "+r", "b", "R", " r"} {
		if m, err := ParseMode(text); err == nil {
			t.Errorf("%q is %+v", text, m)
		}
	}
	for _, text := range []string{"", "x", "rw", "rx", "wr"} {
		if m, err := ParseProgramMode(text); err == nil {
			t.Errorf("program mode %q is %+v", text, m)
		}
	}
}
