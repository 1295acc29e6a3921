package batch

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// days lists the trading days of Dates.
func (g Grid) days() (all []Params, err error) {
	first, last, isRange := strings.Cut(g.Dates, "..")
	if !isRange {
		last = first
	}
	from, err := time.Parse(time.DateOnly, strings.TrimSpace(first))
	to, err2 := time.Parse(time.DateOnly, strings.TrimSpace(last))
	if err != nil || err2 != nil || to.Before(from) {
		return nil, fmt.Errorf("dates: a range such as 2023-11-01..2023-11-30 expected, got %q", g.Dates)
	}
	var calendar map[string]bool
	if g.Calendar != "" {
		if calendar, err = readCalendar(g.Calendar); err != nil {
			return nil, err
		}
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if calendar != nil && calendar[text] || calendar == nil && !weekend {
			all = append(all, Params{{"date", text}})
		}
	}
	return all, nil
}

// readCalendar reads a Calendar: the days, as time.DateOnly. Empty lines and lines
// that begin with # are comments.
func readCalendar(path string) (map[string]bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	days := map[string]bool{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		day := strings.TrimSpace(strings.TrimPrefix(line, "\xef\xbb\xbf"))
		if day == "" || day[0] == '#' {
			continue
		}
		day, _, _ = strings.Cut(day, ",")
		day = strings.TrimSpace(day)
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t, err = time.Parse("20060102", day)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: a day such as 2023-11-01 expected, got %q", path, n, day)
		}
		days[t.Format(time.DateOnly)] = true
	}
	return days, nil
}
