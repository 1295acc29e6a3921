package tick

import (
	"errors"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // for machines without one
)

// Shanghai is the zone that scripts use for times that name none.
var Shanghai = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // it is embedded
	}
	return loc
}()

// timeLayouts are the forms of a date and time; seconds may have a fraction.
var timeLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02",
	"20060102 15:04:05", "20060102150405", "20060102",
}

var errTime = errors.New(`date and time such as "2023-11-14 22:13:20.0001", "22:13", "-5m" or µs expected`)

// ParseTime reads a time and returns it in µs since 1970: a date, with or without a
// time of day, a time of today, a time before or after now such as "-5m" or "+1h30m",
// "now", or µs.
func ParseTime(text string, zone *time.Location, now time.Time) (int64, error) {
	text = strings.TrimSpace(text)
	now = now.In(zone)
	if text == "now" {
		return now.UnixMicro(), nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return checkTime(t.UnixMicro())
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			y, m, d := now.Date()
			t = time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
			return checkTime(t.UnixMicro())
		}
	}
	if d, err := time.ParseDuration(text); err == nil && strings.ContainsAny(text[:1], "+-") {
		return checkTime(now.Add(d).UnixMicro())
	}
	if us, err := strconv.ParseInt(text, 10, 64); err == nil {
		return checkTime(us)
	}
	return 0, errTime
}

func checkTime(us int64) (int64, error) { return us, CheckTime("time", us) }

// FormatTime returns a time in µs since 1970 as "2023-11-14 22:13:20.000100".
func FormatTime(us int64, zone *time.Location) string {
	return time.UnixMicro(us).In(zone).Format("2006-01-02 15:04:05.000000")
}
