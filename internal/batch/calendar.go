package batch

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"microts/internal/source"
	"microts/internal/tick"
)

// clock tells the time. Tests change it.
var clock = time.Now

// days lists the trading days of Dates.
func (g Grid) days(db *source.Source) (all []Params, err error) {
	var calendar []time.Time // nil: Monday to Friday
	switch {
	case g.Calendar != "":
		calendar, err = readCalendar(g.Calendar)
	case isArchive(db):
		calendar, err = g.sealedDates(db.Archive())
	}
	if err != nil {
		return nil, err
	}
	from, to, err := g.span(calendar)
	if err != nil {
		return nil, err
	}
	add := func(day time.Time) { all = append(all, Params{{"date", day.Format(time.DateOnly)}}) }
	if calendar != nil {
		for _, day := range calendar {
			if !day.Before(from) && !day.After(to) {
				add(day)
			}
		}
		return all, nil
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			add(day)
		}
	}
	return all, nil
}

// span returns the first and the last day of Dates. calendar are the days of Calendar.
func (g Grid) span(calendar []time.Time) (from, to time.Time, err error) {
	bad := fmt.Errorf("dates: a range such as 2023-11-01..2023-11-30, 20231101.. or 20231101..today expected, got %q", g.Dates)
	first, last, isRange := strings.Cut(g.Dates, "..")
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	switch {
	case !isRange:
		last = first
	case last == "":
		last = "today"
	}
	switch {
	case first == "" && isRange && len(calendar) > 0:
		from = calendar[0]
	case first == "" && isRange:
		return from, to, fmt.Errorf("dates: %q has no first day; only a calendar knows one", g.Dates)
	default:
		if from, err = parseDay(first); err != nil {
			return from, to, bad
		}
	}
	if to, err = parseDay(last); err != nil || to.Before(from) {
		return from, to, bad
	}
	return from, to, nil
}

// parseDay reads a day: 2023-11-01, 20231101, today or yesterday, which are those of
// the markets' zone.
func parseDay(text string) (time.Time, error) {
	now := clock().In(tick.Shanghai)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("no day")
}

// readCalendar reads a Calendar: its days in their order, each once. Empty lines and
// lines that begin with # are comments.
func readCalendar(path string) (days []time.Time, err error) {
	days = []time.Time{}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		day := strings.TrimSpace(strings.TrimPrefix(line, "\xef\xbb\xbf"))
		if day == "" || day[0] == '#' {
			continue
		}
		day, _, _ = strings.Cut(day, ",")
		day = strings.TrimSpace(day)
		t, err := parseDay(day)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: a day such as 2023-11-01 expected, got %q", path, n, day)
		}
		days = append(days, t)
	}
	slices.SortFunc(days, time.Time.Compare)
	return slices.CompactFunc(days, time.Time.Equal), nil
}
