package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Night is the Phase of a session in the evening before its trading day.
const Night = "night"

// hours are the hours of a trading day, in µs after its 0:00.
type hours struct {
	night   *span  // in the evening before; it may end after midnight
	day     []span // ascending
	auction int64  // before the day's first session, how long
	evening int64  // before the night session, how long
	closing int64  // at the end of the last session, how long
}

// span is a session, in µs after 0:00 of the day on which it begins.
type span struct {
	from, to int64
	phase    string // see Session.Phase
}

const (
	minute  = int64(60e6)
	noon    = 12 * 60 * minute
	fullDay = 24 * 60 * minute
)

// phaseOf returns the Phase of a session of the day.
func phaseOf(s span) string {
	switch {
	case s.from >= noon:
		return "pm"
	case s.to <= noon+60*minute:
		return "am"
	}
	return "open"
}

// sessions returns the sessions of a day that has the hours.
func (h *hours) sessions(c *Calendar, d Day) []Session {
	all := make([]Session, 0, len(h.day)+1)
	auction := h.auction
	if h.night != nil {
		if eve, ok := c.eve(d); ok {
			start := eve.At(h.night.from, c.zone)
			stop := eve.At(h.night.to, c.zone)
			all = append(all, Session{Night, eve.At(h.night.from-h.evening, c.zone), start, stop, stop})
			auction = 0
		}
	}
	for i, s := range h.day {
		start, stop := d.At(s.from, c.zone), d.At(s.to, c.zone)
		session := Session{s.phase, start, start, stop, stop}
		if i == 0 {
			session.Auction = d.At(s.from-auction, c.zone)
		}
		if i == len(h.day)-1 {
			session.Closing = d.At(s.to-h.closing, c.zone)
		}
		all = append(all, session)
	}
	return all
}

// eve returns the day in whose evening the night session of a trading day begins: the
// trading day before, unless a holiday lies between the two.
func (c *Calendar) eve(d Day) (eve Day, ok bool) {
	for _, r := range c.noNights {
		if r.From <= d && d <= r.To {
			return 0, false
		}
	}
	for eve = d - 1; eve >= c.first; eve-- {
		switch {
		case c.trades(eve):
			return eve, true
		case !eve.Weekend():
			return 0, false
		}
	}
	return 0, false
}

// parseSpan reads "09:30-11:30", "21:00-02:30" or "00:00-24:00".
func parseSpan(text string) (s span, err error) {
	from, to, ok := strings.Cut(text, "-")
	if ok {
		if s.from, err = parseClock(from); err == nil {
			s.to, err = parseClock(to)
		}
	}
	if !ok || err != nil || s.from == s.to || s.from == fullDay {
		return span{}, fmt.Errorf("hours such as 09:30-11:30 expected, got %q", text)
	}
	s.phase = phaseOf(s)
	return s, nil
}

// parseClock reads a time of day as µs after 0:00: "9:30", "14:57:30", "24:00".
func parseClock(text string) (int64, error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, errClock(text)
	}
	us, unit := int64(0), 60*minute
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || i > 0 && (n > 59 || len(part) != 2) {
			return 0, errClock(text)
		}
		us += int64(n) * unit
		unit /= 60
	}
	if us > fullDay {
		return 0, errClock(text)
	}
	return us, nil
}

func errClock(text string) error {
	return fmt.Errorf("a time of day such as 09:30 expected, got %q", text)
}
