package repl

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"microts/internal/tick"
)

// dayLayouts are the ways to write a day. As the end of a range, a day is meant whole.
var dayLayouts = []string{"2006-1-2", "20060102", "2006/1/2"}

// day returns the beginning of the day that a word names in a zone.
func day(word string, zone *time.Location, now time.Time) (time.Time, bool) {
	y, m, d := now.In(zone).Date()
	switch word {
	case "today":
		return time.Date(y, m, d, 0, 0, 0, 0, zone), true
	case "yesterday":
		return time.Date(y, m, d-1, 0, 0, 0, 0, zone), true
	}
	for _, layout := range dayLayouts {
		if t, err := time.ParseInLocation(layout, word, zone); err == nil && t.Year() >= 1970 {
			return t, true
		}
	}
	return time.Time{}, false
}

// isDay says whether a word names a day, in any zone.
func isDay(word string) bool {
	_, ok := day(word, time.UTC, time.Now())
	return ok
}

// parseTime reads a time: µs, and the last µs that it may mean, which of a day is the end
// of that day. A time of day is one of the day of now.
func (r *REPL) parseTime(text string, now time.Time) (first, last int64, err error) {
	if t, ok := day(text, r.zone, now); ok {
		return t.UnixMicro(), t.AddDate(0, 0, 1).UnixMicro() - 1, nil
	}
	us, err := tick.ParseTime(text, r.zone, now)
	if err != nil {
		return 0, 0, fmt.Errorf("%w, got %q", err, text)
	}
	return us, us, nil
}

// timeOfDay matches a time of day without a day.
var timeOfDay = regexp.MustCompile(`^\d{1,2}:\d\d`)

// timeRange reads FROM [TO], FROM.., ..TO or FROM..TO. A day alone is all of it, and the
// day at the end is included. Without arguments the range is all time. TO may be a time of
// day: it is one of FROM's day.
func (r *REPL) timeRange(words []string) (span tick.Range, err error) {
	span = tick.Always
	times, dots := splitRange(words)
	if len(times) > 2 {
		return span, fmt.Errorf("one argument too many: %q", times[2])
	}
	now := time.Now()
	for i, text := range times {
		if text == "" {
			continue // an open end
		}
		if i == 1 && timeOfDay.MatchString(text) && times[0] != "" {
			now = time.UnixMicro(span.From)
		}
		first, last, err := r.parseTime(text, now)
		if err != nil {
			return span, err
		}
		if i == 0 {
			span.From = first
		}
		if i == 1 || !dots && isDay(text) {
			span.To = last
		}
	}
	if span.From > span.To {
		return span, errors.New("the range ends before it begins: " + strings.Join(times, " to "))
	}
	return span, nil
}

// splitRange splits words into the times of a range. dots says whether ".." parts them; a
// time beside it may be "".
func splitRange(words []string) (times []string, dots bool) {
	for i, w := range words {
		before, after, found := strings.Cut(w, "..")
		if !found {
			continue
		}
		if before != "" {
			words[i] = before
			i++
		}
		rest := words[i:]
		if before == "" {
			rest = words[i+1:]
		}
		if after != "" {
			rest = append([]string{after}, rest...)
		}
		return []string{strings.Join(words[:i], " "), strings.Join(rest, " ")}, true
	}
	return joinTimes(words), false
}

// joinTimes joins each day and the time of day that follows it, which splitWords
// has split.
func joinTimes(words []string) (times []string) {
	for _, w := range words {
		if n := len(times); n > 0 && timeOfDay.MatchString(w) && isDay(times[n-1]) {
			times[n-1] += " " + w
			continue
		}
		times = append(times, w)
	}
	return times
}

// time returns a time as a person reads it: without fractions of a second if it has none.
func (r *REPL) time(us int64) string {
	return strings.TrimSuffix(tick.FormatTime(us, r.zone), ".000000")
}
