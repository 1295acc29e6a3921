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

// days lists the trading days of Dates.
func (g Grid) days(db *source.Source) (all []Params, err error) {
	var cal *calendar.Calendar
	isList := false // it knows the first and the last day
	wholeDays := calendar.Definition{Zone: tick.Shanghai.String(), Sessions: []string{"00:00-24:00"}}
	switch {
	case g.Calendar != "":
		if cal, err = calendar.Open(g.Calendar); err == nil {
			isList = cal.IsList()
		}
	case isArchive(db):
		isList = true
		if wholeDays.Days, err = g.sealedDates(db.Archive()); err != nil || len(wholeDays.Days) == 0 {
			return nil, err
		}
		cal, err = calendar.New("of "+db.Path(), wholeDays)
	default:
		wholeDays.Week = "weekdays"
		cal, err = calendar.New("of Monday to Friday", wholeDays)
	}
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	span, err := g.span(cal, isList)
	if err != nil {
		return nil, err
	}
	days, err := cal.Days(span.From, span.To)
	if err != nil {
		return nil, fmt.Errorf("dates: %w", err)
	}
	for _, day := range days {
		all = append(all, Params{{"date", day.String()}})
	}
	return all, nil
}

// span returns the days of Dates. A list of days has none before its first and behind its
// last.
func (g Grid) span(cal *calendar.Calendar, isList bool) (span calendar.Range, err error) {
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
	case first == "" && isRange && (g.Calendar != "" || isList):
		span.From = cal.Known().From
	case first == "" && isRange:
		return span, fmt.Errorf("dates: %q has no first day; only a calendar knows one", g.Dates)
	default:
		if span.From, err = parseDay(first, cal.Zone()); err != nil {
			return span, bad
		}
	}
	if span.To, err = parseDay(last, cal.Zone()); err != nil || span.To < span.From {
		return span, bad
	}
	if isList {
		known := cal.Known()
		if span.From > known.To || span.To < known.From {
			return calendar.Range{From: known.To, To: known.To - 1}, nil
		}
		span = calendar.Range{From: max(span.From, known.From), To: min(span.To, known.To)}
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
