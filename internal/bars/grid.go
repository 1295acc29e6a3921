package bars

import (
	"math"
	"time"

	"microts/internal/calendar"
)

// span is a time, from (included) to to (not included), whose ticks belong to one bar, or
// to none. A bar can have several: a day has one for each session.
type span struct {
	from, to    int64
	start, stop int64 // of the bar
	none        bool  // no bar
}

// has says whether a time is in the span.
func (s *span) has(us int64) bool { return s.from <= us && us < s.to }

// grid divides time into spans.
type grid interface {
	// at returns the span that a time is in. Of one that belongs to no bar, it may be
	// only a part, from that time on.
	at(us int64) (span, error)
}

// everything is the grid of bars that do not end by time: they are not cut.
type everything struct{}

func (everything) at(int64) (span, error) { return span{from: 0, to: 1 << 62}, nil }

// multiples is the grid of bars that begin at multiples of a width in a zone. A change of
// its clocks ends a bar of less than a day.
type multiples struct {
	width int64
	zone  *time.Location

	// From begin (included) to end (not included) the clocks of the zone are offset µs
	// before UTC.
	begin, end, offset int64
}

func (m *multiples) at(us int64) (span, error) {
	if m.width%fullDay == 0 {
		return m.days(us), nil
	}
	if us < m.begin || us >= m.end {
		m.setOffset(us)
	}
	start := floor(us+m.offset, m.width) - m.offset
	stop := min(start+m.width, m.end)
	start = max(start, m.begin)
	return span{from: start, to: stop, start: start, stop: stop}, nil
}

func (m *multiples) setOffset(us int64) {
	t := time.UnixMicro(us).In(m.zone)
	_, seconds := t.Zone()
	m.offset = int64(seconds) * second
	m.begin, m.end = math.MinInt64, math.MaxInt64
	begin, end := t.ZoneBounds()
	if !begin.IsZero() {
		m.begin = begin.UnixMicro()
	}
	if !end.IsZero() {
		m.end = end.UnixMicro()
	}
}

// days is at for a width of days, which begin at 0:00. Weeks begin on a Monday.
func (m *multiples) days(us int64) span {
	days := m.width / fullDay
	monday := int64(0)
	if days%7 == 0 {
		monday = 3 // 1970-01-01 was a Thursday
	}
	first := floor(int64(calendar.DayOf(time.UnixMicro(us).In(m.zone)))+monday, days) - monday
	start, stop := calendar.Day(first).At(0, m.zone), calendar.Day(first+days).At(0, m.zone)
	return span{from: start, to: stop, start: start, stop: stop}
}

// floor returns the greatest multiple of m that is not above n.
func floor(n, m int64) int64 {
	r := n % m
	if r < 0 {
		r += m
	}
	return n - r
}

// sessions is the grid of bars in the sessions of a calendar. A width of 0 makes one span
// of each session, and of all times in it one bar.
type sessions struct {
	calendar *calendar.Calendar
	width    int64
	day      []calendar.Session // of the trading day of the last call
}

func (g *sessions) at(us int64) (span, error) {
	if n := len(g.day); n == 0 || us < g.day[0].Auction || us > g.day[n-1].Stop {
		day, err := g.calendar.TradingDay(us)
		if err == nil {
			g.day, err = g.calendar.Sessions(day)
		}
		if err != nil {
			return span{}, err
		}
	}
	for i := range g.day {
		s := &g.day[i]
		switch {
		case us < s.Auction:
			return span{from: us, to: s.Auction, none: true}, nil
		case us <= s.Stop:
			return g.in(s, us), nil
		}
	}
	return span{from: us, to: g.calendar.DayEnd(us), none: true}, nil
}

// in returns the span of a time in a session.
func (g *sessions) in(s *calendar.Session, us int64) span {
	switch g.width {
	case 0:
		return span{from: s.Auction, to: s.Stop + 1}
	case fullDay:
		return span{from: s.Auction, to: s.Stop + 1, start: g.day[0].Start, stop: g.day[len(g.day)-1].Stop}
	}
	n := max(min(us, s.Stop-1)-s.Start, 0) / g.width
	r := span{start: s.Start + n*g.width}
	r.stop = min(r.start+g.width, s.Stop)
	r.from, r.to = r.start, r.stop
	if n == 0 {
		r.from = s.Auction
	}
	if r.stop == s.Stop {
		r.to++
	}
	return r
}
