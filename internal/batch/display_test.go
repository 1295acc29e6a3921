package batch

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// notices are those of a run of three jobs.
func notices() []*Notice {
	a, b, c := &Job{Name: "a"}, &Job{Name: "b"}, &Job{Name: "c"}
	busy := &Outcome{Status: Retry, Message: "busy\nsecond line"}
	return []*Notice{
		{Kind: AttemptStarted, Job: a, Attempt: 1, Worker: 1, Counts: Counts{Jobs: 3, Pending: 3}},
		{Kind: AttemptEnded, Job: a, Attempt: 1, Worker: 1, Outcome: busy, Duration: time.Millisecond, Wait: 2 * time.Second, Counts: Counts{Jobs: 3, Pending: 3}},
		{Kind: AttemptStarted, Job: a, Attempt: 2, Worker: 1, Counts: Counts{Jobs: 3, Pending: 3}},
		{Kind: AttemptEnded, Job: a, Attempt: 2, Worker: 1, Outcome: &Outcome{Status: Done}, Duration: 90 * time.Second, Counts: Counts{Jobs: 3, Done: 1, Pending: 2}},
		{Kind: AttemptEnded, Job: b, Attempt: 1, Worker: 1, Outcome: &Outcome{Status: Failed, Message: "no"}, Counts: Counts{Jobs: 3, Done: 1, Failed: 1, Pending: 1}},
		{Kind: JobSkipped, Job: c, Outcome: &Outcome{Status: Skipped, Message: "needs b, which is failed"}, Counts: Counts{Jobs: 3, Done: 1, Failed: 1, Skipped: 1}},
	}
}

func TestPlainDisplay(t *testing.T) {
	for _, c := range []struct {
		level LogLevel
		want  []string
	}{
		{LogEvents, []string{
			"[0/3] start a",
			"[0/3] retry a 1 ms: busy ...; again in 2 s",
			"[0/3] start a (attempt 2)",
			"[1/3] done a 1m30s",
			"[2/3] failed b 0 ms: no",
			"[3/3] skipped c: needs b, which is failed",
			"no more jobs are started: a job failed",
		}},
		{LogProgress, []string{"[2/3] failed b 0 ms: no", "no more jobs are started: a job failed"}},
		{LogFailures, []string{"[2/3] failed b 0 ms: no", "no more jobs are started: a job failed"}},
	} {
		var out strings.Builder
		d := NewPlainDisplay(&out, c.level)
		for _, n := range notices() {
			d.Notice(n)
		}
		d.Stopping("a job failed")
		d.Line(&Job{Name: "a"}, "printed")
		d.Close()
		var lines []string // without the time
		for line := range strings.Lines(out.String()) {
			at, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if _, err := time.Parse(time.TimeOnly, at); err == nil {
				lines = append(lines, text)
			}
		}
		if !slices.Equal(lines, c.want) || !strings.HasSuffix(out.String(), "\na | printed\n") {
			t.Errorf("%s:\n%s", c.level, out.String())
		}
	}
}
