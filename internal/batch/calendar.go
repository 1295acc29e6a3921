package batch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"microts/internal/calendar"
	"microts/internal/source"
	"microts/internal/tick"
)

// clock tells the time. Tests change it.
var clock = time.Now

// days lists the trading days of Dates: those of Calendar, else those that are sealed if db
// is an archive, else Monday to Friday.
func (g Grid) days(db *source.Source) (all []Params, err error) {
	days, err := g.tradingDays(db)
	for _, day := range days {
		all = append(all, Params{{"date", day.String()}})
	}
	return all, err
}

func (g Grid) tradingDays(db *source.Source) ([]calendar.Day, error) {
	if g.Calendar == "" && isArchive(db) {
		days, err := g.sealedDates(db.Archive())
		if err != nil {
			return nil, err
		}
		var first *calendar.Day
		if len(days) > 0 {
			first = &days[0]
		}
		span, err := g.span(tick.Shanghai, first)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(days, func(d calendar.Day) bool { return d < span.From || d > span.To }), nil
	}
	var cal *calendar.Calendar
	var err error
	if g.Calendar != "" {
		cal, err = calendar.Open(g.Calendar)
	} else {
		cal, err = calendar.New("of Monday to Friday", calendar.Definition{Zone: tick.Shanghai.String(), Week: "weekdays", Sessions: []string{"00:00-24:00"}})
	}
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	known := cal.Known()
	var first *calendar.Day
	if g.Calendar != "" {
		first = &known.From
	}
	span, err := g.span(cal.Zone(), first)
	if err != nil {
		return nil, err
	}
	if cal.IsList() { // which has no days before its first and behind its last
		span = calendar.Range{From: max(span.From, known.From), To: min(span.To, known.To)}
	}
	if span.From > span.To {
		return nil, nil
	}
	days, err := cal.Days(span.From, span.To)
	if err != nil {
		return nil, fmt.Errorf("dates: %w", err)
	}
	return days, nil
}

// span returns the days of Dates. first is the day with which a range without one begins, or
// nil if nobody knows it.
func (g Grid) span(zone *time.Location, first *calendar.Day) (span calendar.Range, err error) {
	bad := fmt.Errorf("dates: a range such as 2023-11-01..2023-11-30, 20231101.. or 20231101..today expected, got %q", g.Dates)
	from, to, isRange := strings.Cut(g.Dates, "..")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	switch {
	case !isRange:
		to = from
	case to == "":
		to = "today"
	}
	switch {
	case from == "" && isRange && first != nil:
		span.From = *first
	case from == "" && isRange:
		return span, fmt.Errorf("dates: %q has no first day; only a calendar knows one", g.Dates)
	default:
		if span.From, err = parseDay(from, zone); err != nil {
			return span, bad
		}
	}
	if span.To, err = parseDay(to, zone); err != nil || span.To < span.From {
		return span, bad
	}
	return span, nil
}

// calendarAt returns a Calendar of a file: a path is relative to the file's folder, which at
// adds.
func calendarAt(nameOrPath string, at func(string) string) string {
	if slices.Contains(calendar.Names, nameOrPath) {
		return nameOrPath
	}
	return at(nameOrPath)
}

// parseDay reads a day: 2023-11-01, 20231101, today or yesterday, which are those of a
// zone.
func parseDay(text string, zone *time.Location) (calendar.Day, error) {
	today := calendar.DayOf(clock().In(zone))
	switch text {
	case "today":
		return today, nil
	case "yesterday":
		return today - 1, nil
	}
	return calendar.ParseDay(text)
}
