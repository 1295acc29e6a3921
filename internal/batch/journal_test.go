package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestJournal cuts a journal at every byte: the events before the cut are there, and
// the journal goes on after them.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := openJournal(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 11, 14, 9, 30, 0, 123456000, time.UTC)
	events := []Event{
		{Kind: RunOpened, Time: at, PID: 7, Host: "h", Workers: 2, Version: "v"},
		{Kind: AttemptStarted, Time: at, Job: 1, Attempt: 1, Worker: 2},
		{Kind: AttemptEnded, Time: at, Job: 1, Attempt: 1, Worker: 2, Hash: "ab", Outcome: &Outcome{Status: Done, Result: &Rows{Count: 2, Columns: []Column{{"x", Float, 1}}, From: 7, To: 50}}},
		{Kind: RunClosed, Time: at, Interrupted: true},
	}
	var ends []int64
	for i := range events {
		if err := j.append(&events[i]); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, j.size)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Golden bytes of the format.
	const want = `{"event":"open","time":"2023-11-14T09:30:00.123456Z","pid":7,"host":"h","workers":2,"version":"v"}
{"event":"start","time":"2023-11-14T09:30:00.123456Z","job":1,"attempt":1,"worker":2}
{"event":"end","time":"2023-11-14T09:30:00.123456Z","job":1,"attempt":1,"worker":2,"hash":"ab","status":"done","result":{"rows":2,"columns":[{"name":"x","kind":"float","row":1}],"from":7,"to":50}}
{"event":"close","time":"2023-11-14T09:30:00.123456Z","interrupted":true}
`
	if string(whole) != want {
		t.Errorf("the journal is\n%s", whole)
	}
	for n := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		read := 0
		j, err := openJournal(path, func(*Event) error { read++; return nil })
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		expected := 0
		for _, end := range ends {
			if end <= int64(n) {
				expected++
			}
		}
		if read != expected {
			t.Fatalf("cut at %d: %d events, not %d", n, read, expected)
		}
		if err := j.append(&events[0]); err != nil {
			t.Fatal(err)
		}
		j.close()
		read = 0
		if j, err = openJournal(path, func(*Event) error { read++; return nil }); err != nil || read != expected+1 {
			t.Fatalf("cut at %d and resumed: %d events, %v", n, read, err)
		}
		if _, err := openJournal(path, nil); err == nil || !strings.Contains(err.Error(), "another process runs this batch") {
			t.Fatalf("opened twice: %v", err)
		}
		j.close()
	}
	// Damage before the last line is an error.
	if err := os.WriteFile(path, []byte("{\n"+string(whole)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(path, nil); err == nil || !strings.Contains(err.Error(), "journal.jsonl:1: not a line of a journal") {
		t.Errorf("%v", err)
	}
}

func FuzzReadJournal(f *testing.F) {
	f.Add(`{"event":"open","time":"2023-11-14T09:30:00Z"}` + "\n")
	f.Add(`{"event":"end","job":1,"status":"done","result":{"rows":1,"columns":[{"name":"x","kind":"float","row":1}],"to":9}}` + "\n{")
	f.Add("\x00\x00\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		folder := &Folder{Plan: &Plan{}, jobs: map[int]*jobHistory{1: {Job: &Job{ID: 1}, status: Pending}}}
		size, err := readJournal(strings.NewReader(text), "fuzz", folder.apply)
		if size < 0 || size > int64(len(text)) || err == nil && size > 0 && text[size-1] != '\n' {
			t.Errorf("%d of %d bytes, %v", size, len(text), err)
		}
		if err == nil {
			folder.Report()
		}
	})
}
