package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"microts/internal/suggest"
)

// Definition says how a calendar is made. A TOML file has its fields in lower case, with
// underscores: see the tags.
type Definition struct {
	// Base names a built-in calendar, whose zone, hours and days this one has where it
	// says nothing else.
	Base string `toml:"base"`

	// Zone is the zone of days and hours, such as "Asia/Shanghai". It is needed without a
	// Base.
	Zone string `toml:"zone"`

	// Days are trading days, in addition to those of Base.
	Days []Text `toml:"days"`
	// DaysFile is the path of a file of further trading days, one at the beginning of each
	// line. One in a TOML file is relative to its folder.
	DaysFile string `toml:"days_file"`
	// Week makes trading days of Monday to Friday, "weekdays", or of each day, "all". Then
	// Base must not have days.
	Week string `toml:"week"`
	// Holidays are no trading days, whatever says that they are.
	Holidays []Text `toml:"holidays"`

	// From and To are the first and the last day that the calendar knows. Without them
	// they are those of Base or, if they lie beyond, the first and the last of Days. With
	// Week the calendar knows all days.
	From Text `toml:"from"`
	To   Text `toml:"to"`

	// Sessions are the sessions of a day, such as "09:30-11:30", in their order.
	Sessions []string `toml:"sessions"`
	// Auction is when the auction before the first session begins, such as "09:15".
	Auction string `toml:"auction"`
	// Closing is when the auction at the end of the last session begins, such as "14:57".
	Closing string `toml:"closing"`

	// Night is the session in the evening before a trading day, such as "21:00-02:30".
	// There is none before the first trading day after a holiday.
	Night string `toml:"night"`
	// NightAuction is when the auction before it begins, such as "20:55". On a trading day
	// with a night session there is no other.
	NightAuction string `toml:"night_auction"`
	// DayStarts is when, in the evening, the next trading day begins: "18:00" if there is a
	// Night, otherwise midnight.
	DayStarts string `toml:"day_starts"`

	// Hours are the sessions of single days, such as half days.
	Hours map[string][]string `toml:"hours"`
}

// Text is a text; in TOML it may be a date.
type Text string

// UnmarshalTOML implements toml.Unmarshaler.
func (t *Text) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		*t = Text(v)
	case time.Time:
		*t = Text(v.Format(time.DateOnly))
	default:
		return fmt.Errorf("a day such as 2023-11-14 expected, got %v", v)
	}
	return nil
}

// ReadFile reads a TOML file that holds a Definition. Errors name the file.
func ReadFile(path string) (*Calendar, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var d Definition
	meta, err := toml.Decode(string(text), &d)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return nil, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, cmp.Or(parse.Message, err.Error()))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: %w", path, UnknownField(unknown[0].String()))
	}
	if d.DaysFile != "" && !filepath.IsAbs(d.DaysFile) {
		d.DaysFile = filepath.Join(filepath.Dir(path), d.DaysFile)
	}
	c, err := New(path, d)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Fields are the names of a Definition's fields in TOML and Lua.
var Fields = []string{
	"base", "zone", "days", "days_file", "week", "holidays", "from", "to",
	"sessions", "auction", "closing", "night", "night_auction", "day_starts", "hours",
}

// UnknownField returns the error of a name that is not in Fields.
func UnknownField(name string) error {
	if near := suggest.Nearest(name, Fields); near != "" {
		return fmt.Errorf("unknown field %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown field %q; there are %s", name, strings.Join(Fields, ", "))
}

// New makes the calendar of a Definition. The error names the field that is wrong.
func New(name string, d Definition) (*Calendar, error) {
	if d.Base == "" {
		return build(name, &Calendar{}, d)
	}
	base := builtIn(d.Base)
	if base == nil {
		return nil, fmt.Errorf("base: %w", unknownName(d.Base))
	}
	return build(name, base, d)
}

// build makes a calendar that is base where d says nothing else.
func build(name string, base *Calendar, d Definition) (*Calendar, error) {
	c := new(Calendar)
	*c = *base
	c.name = name
	if err := c.setZone(d.Zone); err != nil {
		return nil, err
	}
	if err := c.setDays(&d); err != nil {
		return nil, err
	}
	if err := c.setHours(&d); err != nil {
		return nil, err
	}
	return c, c.setSpecial(d.Hours)
}

func (c *Calendar) setZone(name string) (err error) {
	switch {
	case name != "":
		if c.zone, err = time.LoadLocation(name); err != nil {
			return fmt.Errorf(`zone: the name of a time zone such as "Asia/Shanghai" expected, got %q`, name)
		}
	case c.zone == nil:
		return errors.New(`zone: the name of a time zone such as "Asia/Shanghai" expected, or a base`)
	}
	return nil
}

// always are the days of times that ticks can have.
var always = Range{0, date(2255, time.June, 5)}

func (c *Calendar) setDays(d *Definition) error {
	days, err := parseDays("days", d.Days)
	if err != nil {
		return err
	}
	if d.DaysFile != "" {
		more, err := readDays(d.DaysFile)
		if err != nil {
			return fmt.Errorf("days_file: %w", err)
		}
		days = append(days, more...)
	}
	switch {
	case d.Week == "weekdays" || d.Week == "all":
		if len(days) > 0 || len(c.days) > 0 {
			return errors.New("week: not together with days, or with a base that has some")
		}
		c.every, c.weekdays = d.Week == "all", d.Week == "weekdays"
		c.first, c.last = always.From, always.To
	case d.Week != "":
		return fmt.Errorf(`week: "weekdays" or "all" expected, got %q`, d.Week)
	case len(days) > 0:
		slices.Sort(days)
		if len(c.days) == 0 {
			c.first, c.last = days[0], days[len(days)-1]
		}
		c.first, c.last = min(c.first, days[0]), max(c.last, days[len(days)-1])
		days = append(days, c.days...)
		slices.Sort(days)
		c.days = slices.Compact(days)
	case len(c.days) == 0 && !c.every && !c.weekdays:
		return errors.New(`days: trading days expected, or week = "weekdays", days_file or base`)
	}
	if err := c.setHolidays(d.Holidays); err != nil {
		return err
	}
	return c.setKnown(d)
}

func (c *Calendar) setHolidays(texts []Text) error {
	holidays, err := parseDays("holidays", texts)
	if err != nil || len(holidays) == 0 {
		return err
	}
	slices.Sort(holidays)
	c.days = slices.DeleteFunc(slices.Clone(c.days), func(d Day) bool {
		_, ok := slices.BinarySearch(holidays, d)
		return ok
	})
	c.holidays = append(slices.Clone(c.holidays), holidays...)
	slices.Sort(c.holidays)
	return nil
}

func (c *Calendar) setKnown(d *Definition) error {
	for _, end := range []struct {
		name string
		text Text
		day  *Day
	}{{"from", d.From, &c.first}, {"to", d.To, &c.last}} {
		if end.text == "" {
			continue
		}
		day, err := ParseDay(string(end.text))
		if err != nil {
			return fmt.Errorf("%s: %w", end.name, err)
		}
		*end.day = day
		c.founded = c.founded && end.name == "to"
	}
	if c.first > c.last {
		return fmt.Errorf("to: a day not before %v expected, got %v", c.first, c.last)
	}
	return nil
}

func parseDays(field string, texts []Text) ([]Day, error) {
	days := make([]Day, len(texts))
	for i, text := range texts {
		var err error
		if days[i], err = ParseDay(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
	}
	return days, nil
}

// setHours sets the hours that d says anything of.
func (c *Calendar) setHours(d *Definition) error {
	h := hours{}
	if n := len(c.hours); n > 0 {
		h = *c.hours[n-1].hours
	}
	if d.Sessions == nil && h.day == nil {
		return errors.New(`sessions: hours such as {"09:30-11:30", "13:00-15:00"} expected, or a base`)
	}
	changed := false
	if d.Sessions != nil {
		changed = true
		day, err := parseSessions(d.Sessions)
		if err != nil {
			return fmt.Errorf("sessions: %w", err)
		}
		h = hours{day: day, night: h.night, evening: h.evening}
	}
	for _, part := range []struct {
		name, text string
		set        func(clock int64) bool
	}{
		{"auction", d.Auction, func(clock int64) bool {
			h.auction = h.day[0].from - clock
			return h.auction >= 0
		}},
		{"closing", d.Closing, func(clock int64) bool {
			last := h.day[len(h.day)-1]
			h.closing = last.to - clock
			return h.closing >= 0 && clock >= last.from
		}},
		{"day_starts", d.DayStarts, func(clock int64) bool {
			c.rolls = clock % fullDay
			return c.rolls == 0 || c.rolls >= h.day[len(h.day)-1].to
		}},
	} {
		if part.text == "" {
			continue
		}
		changed = true
		clock, err := parseClock(part.text)
		if err == nil && !part.set(clock) {
			err = fmt.Errorf("a time that the sessions allow expected, got %q", part.text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if err := h.setNight(c, d); err != nil {
		return err
	}
	if changed || d.Night != "" || d.NightAuction != "" {
		c.hours = []regime{{hours: &h}}
		c.special = nil
	}
	return nil
}

// defaultRoll is DayStarts where there is a night session.
const defaultRoll = 18 * 60 * minute

func (h *hours) setNight(c *Calendar, d *Definition) error {
	if d.Night != "" {
		night, err := parseSpan(d.Night)
		if err != nil {
			return fmt.Errorf("night: %w", err)
		}
		if night.to <= night.from {
			night.to += fullDay
		}
		h.night, h.evening = &night, 0
		if d.DayStarts == "" {
			c.rolls = defaultRoll
		}
	}
	if d.NightAuction != "" {
		auction, err := parseClock(d.NightAuction)
		if err != nil {
			return fmt.Errorf("night_auction: %w", err)
		}
		if h.night == nil {
			return errors.New("night_auction: not without a night")
		}
		h.evening = h.night.from - auction
	}
	return h.check(c)
}

// check returns an error if sessions of one trading day overlap, or lie outside it.
func (h *hours) check(c *Calendar) error {
	first, last := h.day[0], h.day[len(h.day)-1]
	clock := func(us int64) string { return fmt.Sprintf("%02d:%02d", us/(60*minute), us/minute%60) }
	switch {
	case last.to-h.closing < last.from:
		return fmt.Errorf("closing: an auction within the last session expected, got one from %s", clock(last.to-h.closing))
	case first.from < h.auction:
		return fmt.Errorf("auction: one on the day expected, got one %s before %s", clock(h.auction), clock(first.from))
	case c.rolls != 0 && last.to > c.rolls:
		return fmt.Errorf("day_starts: a time after the last session expected, got %s", clock(c.rolls))
	case h.night == nil:
		return nil
	case h.evening < 0 || h.night.from-h.evening < c.rolls || c.rolls == 0 || h.night.to > fullDay+first.from-h.auction:
		return fmt.Errorf("night: hours after day_starts, and before the sessions of the day, expected, got %s to %s", clock(h.night.from), clock(h.night.to%fullDay))
	}
	return nil
}

// parseSessions reads the sessions of a day.
func parseSessions(texts []string) ([]span, error) {
	if len(texts) == 0 {
		return nil, errors.New("at least one expected, got none")
	}
	day := make([]span, len(texts))
	for i, text := range texts {
		var err error
		if day[i], err = parseSpan(text); err != nil {
			return nil, err
		}
		if day[i].to < day[i].from {
			return nil, fmt.Errorf("hours within a day expected, got %q", text)
		}
		if i > 0 && day[i].from < day[i-1].to {
			return nil, fmt.Errorf("sessions in their order expected, got %q after %q", text, texts[i-1])
		}
	}
	return day, nil
}

// setSpecial sets the hours of single days.
func (c *Calendar) setSpecial(all map[string][]string) error {
	if len(all) == 0 {
		return nil
	}
	special := map[Day]*hours{}
	for day, h := range c.special {
		special[day] = h
	}
	for _, text := range slices.Sorted(maps.Keys(all)) {
		day, err := ParseDay(text)
		if err != nil {
			return fmt.Errorf("hours: %w", err)
		}
		if !c.trades(day) {
			return fmt.Errorf("hours: a trading day expected, got %v", day)
		}
		h := *c.hoursOf(day)
		if h.day, err = parseSessions(all[text]); err == nil {
			err = h.check(c)
		}
		if err != nil {
			return fmt.Errorf("hours of %v: %w", day, err)
		}
		special[day] = &h
	}
	c.special = special
	return nil
}
