package calendar

import (
	"fmt"
	"time"
)

// Day is a day of the Gregorian calendar, counted from 1970-01-01.
type Day int32

// DayOf returns the day of a time in its zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return date(y, m, d)
}

func date(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

const secondsADay = 24 * 60 * 60

// ParseDay reads "2023-11-14" or "20231114".
func ParseDay(text string) (Day, error) {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			return DayOf(t), nil
		}
	}
	return 0, fmt.Errorf("a day such as 2023-11-14 expected, got %q", text)
}

// String returns the day as "2023-11-14".
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Year returns the year of the day.
func (d Day) Year() int { return d.utc().Year() }

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsADay, 0).UTC() }

// Weekend says whether the day is a Saturday or a Sunday.
func (d Day) Weekend() bool {
	w := d.utc().Weekday()
	return w == time.Saturday || w == time.Sunday
}

// At returns the moment in µs since 1970 at which the clocks of a zone show an offset, in
// µs from 0:00, on the day. The offset may be negative, or beyond the day.
func (d Day) At(offset int64, zone *time.Location) int64 {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, int(offset/1e6), int(offset%1e6)*1e3, zone).UnixMicro()
}
