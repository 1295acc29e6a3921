package calendar

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// Calendar knows the trading days of a market and their sessions.
type Calendar struct {
	name string
	zone *time.Location

	first, last Day   // the days that it knows; the trading days of others are an error
	list        bool  // see IsList
	founded     bool  // there was no trading before first
	days        []Day // the trading days, ascending
	every       bool  // instead of days: each day,
	weekdays    bool  // or each Monday to Friday,
	holidays    []Day // without these, ascending

	hours   []regime       // ascending; the first holds from the beginning
	special map[Day]*hours // days with other hours

	noNights []Range // trading days without night session, though one would come before them
	rolls    int64   // µs after 0:00 at which, in the evening, the next trading day begins; 0 for none
}

// Range is a range of days, both ends included.
type Range struct{ From, To Day }

// regime is the hours of trading days from a day on.
type regime struct {
	from  Day
	hours *hours
}

// Session is a time of trading without a break.
type Session struct {
	Phase string // "night", "am", "pm", or "open" for one around noon

	// Auction is when the auction before the session begins, in µs since 1970: ticks
	// from then on count to the session. It is Start if there is none.
	Auction int64

	// Start and Stop are when the session begins and ends, in µs since 1970. A tick at
	// Stop is one of the session.
	Start, Stop int64

	// Closing is when the closing auction begins, in µs since 1970, Stop if there is none.
	Closing int64
}

// IsList says whether the calendar was read from a list of all trading days.
func (c *Calendar) IsList() bool { return c.list }

// Name returns the name of the calendar, or the path of its file.
func (c *Calendar) Name() string { return c.name }

// Zone returns the zone of the calendar's days and hours.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Known returns the days that the calendar knows.
func (c *Calendar) Known() Range { return Range{c.first, c.last} }

// UnknownDayError is returned for a day that a calendar does not know.
type UnknownDayError struct {
	Calendar string
	Day      Day
	Known    Range
}

func (e *UnknownDayError) Error() string {
	if e.Day < e.Known.From {
		return fmt.Sprintf("calendar %s begins with %v and does not know %v: give a file of the days before", e.Calendar, e.Known.From, e.Day)
	}
	return fmt.Sprintf("calendar %s ends with %v and does not know %v: give a TOML file with base = %q, days = [...] and to = \"%v\", or a file of all days, one a line",
		e.Calendar, e.Known.To, e.Day, e.Calendar, e.Day)
}

func (c *Calendar) check(d Day) error {
	if d > c.last || d < c.first && !c.founded {
		return &UnknownDayError{c.name, d, c.Known()}
	}
	return nil
}

// IsTradingDay says whether there is trading on a day. The error is an *UnknownDayError.
func (c *Calendar) IsTradingDay(d Day) (bool, error) {
	if err := c.check(d); err != nil {
		return false, err
	}
	return c.trades(d), nil
}

func (c *Calendar) trades(d Day) bool {
	if d < c.first || d > c.last {
		return false
	}
	if c.every || c.weekdays {
		_, holiday := slices.BinarySearch(c.holidays, d)
		return !holiday && (c.every || !d.Weekend())
	}
	_, ok := slices.BinarySearch(c.days, d)
	return ok
}

// Days returns the trading days from a to b, both included. The error is an
// *UnknownDayError.
func (c *Calendar) Days(a, b Day) ([]Day, error) {
	for _, d := range []Day{a, b} {
		if err := c.check(d); err != nil {
			return nil, err
		}
	}
	if a > b {
		return nil, nil
	}
	if !c.every && !c.weekdays {
		from, _ := slices.BinarySearch(c.days, a)
		to := sort.Search(len(c.days), func(i int) bool { return c.days[i] > b })
		return slices.Clone(c.days[from:to]), nil
	}
	var days []Day
	for d := a; d <= b; d++ {
		if c.trades(d) {
			days = append(days, d)
		}
	}
	return days, nil
}

// Next returns the n-th trading day after a day, or before it with a negative n. With n = 0
// it is the day itself or, if that is none, the next trading day. The error is an
// *UnknownDayError.
func (c *Calendar) Next(d Day, n int) (Day, error) {
	if err := c.check(d); err != nil {
		return 0, err
	}
	step := Day(1)
	switch {
	case n < 0:
		step, n = -1, -n
	case n == 0:
		d, n = d-1, 1
	}
	for n > 0 {
		d += step
		if d < c.first || d > c.last {
			return 0, &UnknownDayError{c.name, d, c.Known()}
		}
		if c.trades(d) {
			n--
		}
	}
	return d, nil
}

// TradingDay returns the trading day to which a time, in µs since 1970, counts: that of
// its date, and the next one if there is no trading that day or if it is evening and night
// sessions belong to the next day. The error is an *UnknownDayError.
func (c *Calendar) TradingDay(us int64) (Day, error) {
	d := c.date(us)
	if c.rolls != 0 && us >= d.At(c.rolls, c.zone) {
		d++
	}
	if d < c.first && c.founded {
		d = c.first
	}
	return c.Next(d, 0)
}

// date returns the day of a time in the calendar's zone.
func (c *Calendar) date(us int64) Day { return DayOf(time.UnixMicro(us).In(c.zone)) }

// Sessions returns the sessions of a day in their order, none for a day without trading.
// The error is an *UnknownDayError.
func (c *Calendar) Sessions(d Day) ([]Session, error) {
	if err := c.check(d); err != nil || !c.trades(d) {
		return nil, err
	}
	return c.hoursOf(d).sessions(c, d), nil
}

func (c *Calendar) hoursOf(d Day) *hours {
	if h := c.special[d]; h != nil {
		return h
	}
	i := sort.Search(len(c.hours), func(i int) bool { return c.hours[i].from > d })
	return c.hours[max(i-1, 0)].hours
}

// The phases that are no sessions.
const (
	Auction = "auction" // from the beginning of the auction to the first session
	Break   = "break"   // between the sessions of a day, but not after a night session
	Closing = "closing" // the closing auction, with its end
	Closed  = "closed"
)

// Phase returns what a market does at a time, in µs since 1970: the Phase of the session,
// whose end is included, or one of the constants. The error is an *UnknownDayError.
func (c *Calendar) Phase(us int64) (string, error) {
	d, err := c.TradingDay(us)
	if err != nil {
		return "", err
	}
	sessions, err := c.Sessions(d)
	if err != nil {
		return "", err
	}
	for i, s := range sessions {
		switch {
		case us < s.Auction && (i == 0 || sessions[i-1].Phase == Night):
			return Closed, nil
		case us < s.Auction:
			return Break, nil
		case us < s.Start:
			return Auction, nil
		case us <= s.Stop && us >= s.Closing && s.Closing < s.Stop:
			return Closing, nil
		case us <= s.Stop:
			return s.Phase, nil
		}
	}
	return Closed, nil
}

// DayEnd returns the first time after us, in µs since 1970, that may count to another
// trading day than us does.
func (c *Calendar) DayEnd(us int64) int64 {
	d := c.date(us)
	if c.rolls != 0 && us < d.At(c.rolls, c.zone) {
		return d.At(c.rolls, c.zone)
	}
	return (d + 1).At(0, c.zone)
}
