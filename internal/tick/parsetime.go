package tick

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads:
//
//	text                                          time
//	2023-11-14 22:13:20.0001, 2023-11-14 9:30     a date and a time of day, in the zone
//	2023/11/14 22:13, 2023.11.14, 2023/1/5        the same with other separators
//	20231114 22:13:20.0001, 20231114 221320000    the same without: HHMM, HHMMSS, and digits of a second
//	20231114221320, 20231114221320000             14 digits, and 3, 6 or 9 of a second
//	2023-11-14T22:13:20Z, ... +08:00, ... +0800   in UTC, or with an offset from it
//	2023-11-14, 20231114                          the first moment of the day
//	22:13, 22:13:20.0001                          a time of today
//	-5m, +1h30m                                   before or after now, as time.ParseDuration reads it
//	now
//	1700000000000100                              µs since 1970
//
// A time of day without separators may lack the zero of hours before 10, as files of
// numbers do: 93000 is 9:30:00. Digits beyond the µs are dropped.
//
// A time that the clocks of the zone never show, because they are set forward, or show
// twice, because they are set back, is an error: only one with an offset says which time
// it is. The first moment of a day is never one.
//
// The times are from 1970 to the year 2255. The result is in µs since 1970.
func ParseTime(text string, zone *time.Location, now time.Time) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, errTime
	}
	if text == "now" {
		return now.UnixMicro(), nil
	}
	if r := (timeReader{rest: text}); r.read() {
		return r.micros(zone, now)
	}
	switch {
	case text[0] == '+' || text[0] == '-':
		if d, err := time.ParseDuration(text); err == nil {
			return checkParsed(now.Add(d).UnixMicro())
		}
	case leadingDigits(text) == len(text):
		us, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, errTimeRange
		}
		return checkParsed(us)
	}
	return 0, errTime
}

var (
	errTime      = errors.New(`date and time such as "2023-11-14 22:13:20.0001", "22:13", "-5m" or µs expected`)
	errTimeRange = errors.New("time from 1970 to 2255 expected")
)

func checkParsed(us int64) (int64, error) {
	if us < 0 || us >= MaxTime {
		return 0, errTimeRange
	}
	return us, nil
}

// timeReader reads a date, a time of day, or both.
type timeReader struct {
	rest string // what is not yet read

	hasDate, hasClock bool
	year, month, day  int
	hour, minute, sec int
	nano              int

	hasOffset bool
	offset    int // seconds east of UTC
}

// read reads all of the text; ok is false if it is not such a time.
func (r *timeReader) read() (ok bool) {
	if n := leadingDigits(r.rest); n <= 2 && n < len(r.rest) && r.rest[n] == ':' {
		return r.clock() && r.rest == ""
	}
	if !r.date() {
		return false
	}
	if r.rest == "" {
		return true
	}
	switch {
	case isDigit(r.rest[0]): // after 8 digits
		if n := leadingDigits(r.rest); n != 6 && n != 9 && n != 12 && n != 15 {
			return false
		}
	case r.rest[0] == 'T' || r.rest[0] == 't':
		r.rest = r.rest[1:]
	case r.rest[0] == ' ':
		r.rest = strings.TrimLeft(r.rest, " ")
	default:
		return false
	}
	return r.clock() && r.zone() && r.rest == ""
}

// date reads YYYYMMDD, or year, month and day between separators.
func (r *timeReader) date() bool {
	const yearSize = 4
	digits := leadingDigits(r.rest)
	if digits >= 8 {
		r.year, r.month, r.day = number(r.rest[:4]), number(r.rest[4:6]), number(r.rest[6:8])
		r.rest = r.rest[8:]
	} else {
		if digits != yearSize || len(r.rest) == yearSize || !strings.ContainsRune("-/.", rune(r.rest[yearSize])) {
			return false
		}
		separator := r.rest[yearSize]
		var ok bool
		r.year, r.rest = number(r.rest[:yearSize]), r.rest[yearSize+1:]
		if r.month, ok = r.short(); !ok || r.rest == "" || r.rest[0] != separator {
			return false
		}
		r.rest = r.rest[1:]
		if r.day, ok = r.short(); !ok {
			return false
		}
	}
	r.hasDate = true
	return r.month >= 1 && r.month <= 12 && r.day >= 1 && r.day <= daysIn(r.year, r.month)
}

// clock reads h:mm, h:mm:ss, or the same in digits alone, and the fraction of a second.
func (r *timeReader) clock() bool {
	r.hasClock = true
	digits := leadingDigits(r.rest)
	fraction := false // there may be one
	if digits <= 2 {
		var ok bool
		if r.hour, ok = r.short(); !ok || !r.skip(":") || leadingDigits(r.rest) != 2 {
			return false
		}
		r.minute, _ = r.short()
		if r.skip(":") {
			if leadingDigits(r.rest) != 2 {
				return false
			}
			r.sec, _ = r.short()
			fraction = true
		}
	} else {
		text := r.rest[:digits]
		r.rest = r.rest[digits:]
		switch digits {
		case 3, 5, 8, 11, 14:
			text = "0" + text
		}
		if len(text)%3 != 0 && len(text) != 4 || len(text) > 15 {
			return false
		}
		r.hour, r.minute = number(text[:2]), number(text[2:4])
		if len(text) > 4 {
			r.sec = number(text[4:6])
			r.nano = nanos(text[6:])
			fraction = len(text) == 6
		}
	}
	if fraction && (r.skip(".") || r.skip(",")) {
		n := leadingDigits(r.rest)
		if n == 0 {
			return false
		}
		r.nano = nanos(r.rest[:n])
		r.rest = r.rest[n:]
	}
	return r.hour < 24 && r.minute < 60 && r.sec < 60
}

// zone reads Z, UTC, or an offset: +08:00, +0800 or +08.
func (r *timeReader) zone() bool {
	if r.rest == "" {
		return true
	}
	r.rest = strings.TrimLeft(r.rest, " ")
	r.hasOffset = true
	if r.skip("Z") || r.skip("z") || r.skip("UTC") {
		return true
	}
	sign := 1
	switch {
	case r.skip("+"):
	case r.skip("-"):
		sign = -1
	default:
		return false
	}
	digits := leadingDigits(r.rest)
	if digits != 2 && digits != 4 {
		return false
	}
	hours, minutes := number(r.rest[:2]), 0
	r.rest = r.rest[2:]
	if digits == 4 || r.skip(":") {
		if leadingDigits(r.rest) != 2 {
			return false
		}
		minutes, _ = r.short()
	}
	r.offset = sign * (hours*3600 + minutes*60)
	return hours < 24 && minutes < 60
}

// short reads a number of one or two digits.
func (r *timeReader) short() (n int, ok bool) {
	digits := leadingDigits(r.rest)
	if digits < 1 || digits > 2 {
		return 0, false
	}
	n = number(r.rest[:digits])
	r.rest = r.rest[digits:]
	return n, true
}

// skip skips a text; ok is false if the rest does not begin with it.
func (r *timeReader) skip(text string) (ok bool) {
	r.rest, ok = strings.CutPrefix(r.rest, text)
	return ok
}

// micros returns the time that was read.
func (r *timeReader) micros(zone *time.Location, now time.Time) (int64, error) {
	if !r.hasDate {
		year, month, day := now.In(zone).Date()
		r.year, r.month, r.day = year, int(month), day
	}
	shown := time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.sec, r.nano, time.UTC)
	switch {
	case r.hasOffset:
		return checkParsed(shown.UnixMicro() - int64(r.offset)*1e6)
	case !r.hasClock:
		return checkParsed(firstMoment(shown, zone).UnixMicro())
	}
	t, other := shownAt(shown, zone)
	const layout = "2006-01-02 15:04:05"
	switch {
	case t.IsZero():
		return 0, fmt.Errorf("the clocks of %v never show %s: time with an offset such as +08:00 expected", zone, shown.Format(layout))
	case !other.IsZero():
		return 0, fmt.Errorf("the clocks of %v show %s twice: time with an offset, %s or %s, expected", zone, shown.Format(layout), t.Format("-07:00"), other.Format("-07:00"))
	}
	return checkParsed(t.UnixMicro())
}

// shownAt returns the times at which the clocks of a zone show what shown, in UTC, is:
// two when they are set back, none when they are set forward. A time that there is not is
// the zero one.
func shownAt(shown time.Time, zone *time.Location) (first, second time.Time) {
	// A clock is at most a day from UTC, and is not set twice within two days.
	const day = 24 * time.Hour
	_, before := shown.Add(-day).In(zone).Zone()
	_, after := shown.Add(day).In(zone).Zone()
	if before == after {
		return shown.Add(-time.Duration(before) * time.Second).In(zone), time.Time{}
	}
	for _, offset := range []int{before, after} {
		t := shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, is := t.Zone(); is != offset {
			continue
		}
		if first.IsZero() {
			first = t
		} else {
			second = t
		}
	}
	return first, second
}

// firstMoment returns the first moment of the day that begins at midnight, in UTC, on
// the clocks of a zone.
func firstMoment(midnight time.Time, zone *time.Location) time.Time {
	t, _ := shownAt(midnight, zone)
	if t.IsZero() { // the clocks go from midnight to a later time
		_, before := midnight.AddDate(0, 0, -1).In(zone).Zone()
		t = midnight.Add(-time.Duration(before) * time.Second).In(zone)
	}
	return t
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// leadingDigits returns how many digits a text begins with.
func leadingDigits(text string) (n int) {
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// number returns the number that a few digits are.
func number(digits string) (n int) {
	for i := range len(digits) {
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// nanos returns the ns that the digits of a fraction of a second are.
func nanos(digits string) (n int) {
	for i := range 9 {
		n *= 10
		if i < len(digits) {
			n += int(digits[i] - '0')
		}
	}
	return n
}
