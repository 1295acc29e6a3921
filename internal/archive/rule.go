package archive

import (
	"fmt"
	"sort"
	"time"

	"microts/internal/tick"
)

// DayRule says to which day a time belongs. It is a part of an archive, which keeps the
// rule that it was made with. Days follow one another without gaps.
type DayRule struct {
	// Zone is the name of a time zone, as in "Asia/Shanghai".
	Zone string `json:"zone"`

	// Starts is the time of day at which a day begins, as in "21:00". From 12:00 on, it
	// is a time of the calendar day before: then a night session belongs to the day after
	// it. "00:00" makes days calendar days.
	Starts string `json:"day_starts"`

	// NextMonday makes what begins on a Saturday or Sunday a part of Monday: the night
	// session of a Friday, with a rule whose days start in the evening, belongs to Monday.
	NextMonday bool `json:"next_monday,omitempty"`
}

// String returns the rule for people.
func (r DayRule) String() string {
	text := r.Zone + " from " + r.Starts
	if r.NextMonday {
		text += ", weekends belong to Monday"
	}
	return text
}

// DefaultRule is the rule of an archive that is made without one.
var DefaultRule = DayRule{Zone: "Asia/Shanghai", Starts: "00:00"}

// days is a DayRule with its zone.
type days struct {
	zone   *time.Location
	starts time.Duration // since the midnight with which the calendar day of the same date begins; may be negative
	monday bool
}

// dateLayout is that of dates: "2026-11-24".
const dateLayout = "2006-01-02"

// parse checks a rule.
func (r DayRule) parse() (*days, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil || r.Zone == "" || r.Zone == "Local" {
		return nil, fmt.Errorf(`zone of days: the name of a time zone such as "Asia/Shanghai" expected, got %q`, r.Zone)
	}
	at, err := time.Parse("15:04", r.Starts)
	if err != nil {
		return nil, fmt.Errorf(`start of days: a time of day such as "21:00" expected, got %q`, r.Starts)
	}
	d := &days{zone: zone, starts: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, monday: r.NextMonday}
	if at.Hour() >= 12 {
		d.starts -= 24 * time.Hour
	}
	return d, nil
}

// date is a calendar day: the number of days since 1970-01-01.
type date int

func (d date) String() string { return d.time().Format(dateLayout) }

func (d date) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// parseDate reads a date. The error is a *DayError.
func parseDate(text string) (date, error) {
	t, err := time.Parse(dateLayout, text)
	if err != nil {
		return 0, &DayError{text}
	}
	return date(t.Unix() / 86400), nil
}

// begin returns the first µs of the days that have a date, without regard to weekends.
func (d *days) begin(on date) int64 {
	t := on.time()
	minutes := int(d.starts / time.Minute)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, minutes, 0, 0, d.zone).UnixMicro()
}

// of returns the day of a time.
func (d *days) of(us int64) date {
	// The zone is at most a day away from UTC: begin is right, whatever the clock of the
	// zone did.
	near := date(us/86_400_000_000) - 2
	on := near + date(sort.Search(5, func(i int) bool { return d.begin(near+date(i)+1) > us }))
	if d.monday {
		switch on.time().Weekday() {
		case time.Saturday:
			on += 2
		case time.Sunday:
			on++
		}
	}
	return on
}

// span returns the times of a day, within those that ticks can have; it is empty for a
// date that no time belongs to.
func (d *days) span(on date) tick.Range {
	first := on
	if d.monday {
		switch on.time().Weekday() {
		case time.Monday:
			first -= 2
		case time.Saturday, time.Sunday:
			return tick.Range{From: 1, To: 0}
		}
	}
	r := tick.Range{From: max(d.begin(first), tick.Always.From), To: min(d.begin(on+1)-1, tick.Always.To)}
	if r.Empty() {
		return tick.Range{From: 1, To: 0}
	}
	return r
}

// Of returns the date of the day that a time in µs belongs to. The error says what is
// wrong with the rule.
func (r DayRule) Of(us int64) (string, error) {
	d, err := r.parse()
	if err != nil {
		return "", err
	}
	return d.of(us).String(), nil
}

// Range returns the times of the day of a date; it is empty if no time belongs to the date.
// The error is a *DayError, or says what is wrong with the rule.
func (r DayRule) Range(date string) (tick.Range, error) {
	d, err := r.parse()
	if err != nil {
		return tick.Range{}, err
	}
	on, err := parseDate(date)
	if err != nil {
		return tick.Range{}, err
	}
	return d.span(on), nil
}
