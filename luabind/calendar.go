package luabind

import (
	"fmt"
	"math"
	"time"

	"microts/internal/calendar"
	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	calendarSig   = newSignature("calendar", "calendar")
	daysSig       = newSignature("days", calendarArg, "first?", "last?")
	sessionsSig   = newSignature("sessions", calendarArg, "day")
	phaseSig      = newSignature("phase", calendarArg, "us")
	nextSig       = newSignature("next", calendarArg, "day", "n?")
	tradingDaySig = newSignature("trading_day", calendarArg, "us")
	knownSig      = newSignature("known", calendarArg)
)

// calendarArg is the name of the first argument of each method of calendars.
const calendarArg = "cal"

// Calendar returns the calendar that v is, or nil.
func Calendar(v luavm.Value) *calendar.Calendar {
	c, _ := v.Data().(*calendar.Calendar)
	return c
}

const wantCalendar = "name, file or table of a calendar"

// openCalendar returns the calendar that a value names or is: a name, the path of a file, a
// table of the fields of a Definition, or a calendar.
func openCalendar(v luavm.Value) (*calendar.Calendar, error) {
	if c := Calendar(v); c != nil {
		return c, nil
	}
	if v.IsString() {
		return calendar.Open(v.Text())
	}
	t, ok := v.AsTable()
	if !ok {
		return nil, expected(wantCalendar, v)
	}
	d, err := definition(t)
	if err != nil {
		return nil, err
	}
	return calendar.New("of the script", d)
}

// definition reads the fields of a Definition.
func definition(t *luavm.Table) (d calendar.Definition, err error) {
	texts := map[string]*string{
		"base": &d.Base, "zone": &d.Zone, "days_file": &d.DaysFile, "week": &d.Week, "auction": &d.Auction, "closing": &d.Closing,
		"night": &d.Night, "night_auction": &d.NightAuction, "day_starts": &d.DayStarts, "from": (*string)(&d.From), "to": (*string)(&d.To),
	}
	for k, v := range t.All() {
		if !k.IsString() {
			return d, expected("names of fields", k)
		}
		name := k.Text()
		if text := texts[name]; text != nil {
			if !v.IsString() {
				return d, badField(name, "string", v)
			}
			*text = v.Text()
			continue
		}
		switch name {
		case "days":
			d.Days, err = textList[calendar.Text](name, v)
		case "holidays":
			d.Holidays, err = textList[calendar.Text](name, v)
		case "sessions":
			d.Sessions, err = textList[string](name, v)
		case "hours":
			d.Hours, err = hoursOf(v)
		default:
			err = calendar.UnknownField(name)
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}

// textList reads an array of strings.
func textList[T ~string](name string, v luavm.Value) ([]T, error) {
	t, ok := v.AsTable()
	if !ok {
		return nil, badField(name, "array of strings", v)
	}
	list := make([]T, t.Len())
	for i := range list {
		item := t.GetInt(i + 1)
		if !item.IsString() {
			return nil, badField(fmt.Sprintf("%s[%d]", name, i+1), "string", item)
		}
		list[i] = T(item.Text())
	}
	return list, nil
}

// hoursOf reads the sessions of single days.
func hoursOf(v luavm.Value) (map[string][]string, error) {
	t, ok := v.AsTable()
	if !ok {
		return nil, badField("hours", "table of sessions by day", v)
	}
	hours := map[string][]string{}
	for day, sessions := range t.All() {
		if !day.IsString() {
			return nil, badField("hours", "days such as 2023-11-14", day)
		}
		list, err := textList[string]("hours of "+day.Text(), sessions)
		if err != nil {
			return nil, err
		}
		hours[day.Text()] = list
	}
	return hours, nil
}

func newCalendar(c *luavm.Call) {
	if c.NumArgs() == 0 {
		calendarSig.bad(c, 1, wantCalendar)
	}
	cal, err := openCalendar(c.Arg(1))
	if err != nil {
		calendarSig.throw(c, &argError{1, err})
	}
	c.Return(luavm.NewUserData(cal, calendarMetatable(c.State())))
}

type calendarKey struct{}

// calendarMetatable returns the metatable of calendars.
func calendarMetatable(s *luavm.State) *luavm.Table {
	return s.Once(calendarKey{}, func() any {
		index := luavm.NewTable(0, len(CalendarMethods))
		for _, f := range CalendarMethods {
			index.SetString(f.Name, luavm.NewFunctionWith(f.Name, asMethod{}, f.call).Value())
		}
		index.SetMetaTable(strict("calendar", CalendarMethods))
		t := luavm.NewTable(0, 3)
		t.SetString("__index", index.Value())
		t.SetString("__tostring", luavm.NewFunction("__tostring", calendarToString).Value())
		t.SetString("__metatable", luavm.Intern("micro_ts calendar").Value())
		return t
	}).(*luavm.Table)
}

func calendarToString(c *luavm.Call) {
	text := "micro_ts calendar"
	if cal := Calendar(c.Arg(1)); cal != nil {
		text = fmt.Sprintf("micro_ts calendar (%s, %v to %v, %v)", cal.Name(), cal.Known().From, cal.Known().To, cal.Zone())
	}
	c.Return(luavm.NewString(text).Value())
}

// calendar returns the calendar that is the first argument.
func (s *signature) calendar(c *luavm.Call) *calendar.Calendar {
	cal := Calendar(c.Arg(1))
	if cal == nil {
		s.bad(c, 1, "calendar")
	}
	return cal
}

// greatestDay is the greatest number that is a day such as 20231114, and no time in µs.
const greatestDay = 9999_12_31

// momentIn returns argument i, a time in µs, or as a text of a zone.
func (s *signature) momentIn(c *luavm.Call, i int, zone *time.Location) int64 {
	v := c.Arg(i)
	if !v.IsString() {
		return s.time(c, i)
	}
	us, err := tick.ParseTime(v.Text(), zone, time.Now())
	if err != nil {
		s.throw(c, &argError{i, fmt.Errorf("%w, got %s", err, describe(c, i))})
	}
	return us
}

// optDay is day, but returns preset if the argument is nil or absent.
func (s *signature) optDay(c *luavm.Call, i int, cal *calendar.Calendar, preset calendar.Day) calendar.Day {
	if c.Arg(i).IsNil() {
		return preset
	}
	return s.day(c, i, cal)
}

// day returns argument i, a day: a text, a number such as 20231114, or a time in µs.
func (s *signature) day(c *luavm.Call, i int, cal *calendar.Calendar) calendar.Day {
	v := c.Arg(i)
	text, ok := textOf(v)
	if !ok {
		s.bad(c, i, `day such as "2023-11-14", or time,`)
	}
	if d, err := calendar.ParseDay(text); err == nil && (v.IsString() || v.Float() <= greatestDay) {
		return d
	}
	return calendar.DayOf(time.UnixMicro(s.momentIn(c, i, cal.Zone())).In(cal.Zone()))
}

func dayValue(d calendar.Day) luavm.Value { return luavm.NewString(d.String()).Value() }

func calendarDays(c *luavm.Call) {
	s := &daysSig
	cal := s.calendar(c)
	known := cal.Known()
	days, err := cal.Days(s.optDay(c, 2, cal, known.From), s.optDay(c, 3, cal, known.To))
	if err != nil {
		s.throw(c, err)
	}
	const size = 64 // of a day in the table, at most
	c.Room(size * len(days))
	t := luavm.NewTable(len(days), 0)
	for _, d := range days {
		t.Append(dayValue(d))
	}
	c.Return(t.Value())
}

func calendarSessions(c *luavm.Call) {
	s := &sessionsSig
	cal := s.calendar(c)
	sessions, err := cal.Sessions(s.day(c, 2, cal))
	if err != nil {
		s.throw(c, err)
	}
	list := luavm.NewTable(len(sessions), 0)
	for _, session := range sessions {
		t := luavm.NewTable(0, 5)
		t.SetString("phase", luavm.Intern(session.Phase).Value())
		t.SetString("start", luavm.Int(int(session.Start)))
		t.SetString("stop", luavm.Int(int(session.Stop)))
		if session.Auction != session.Start {
			t.SetString("auction", luavm.Int(int(session.Auction)))
		}
		if session.Closing != session.Stop {
			t.SetString("closing", luavm.Int(int(session.Closing)))
		}
		list.Append(t.Value())
	}
	c.Return(list.Value())
}

func calendarPhase(c *luavm.Call) {
	s := &phaseSig
	cal := s.calendar(c)
	phase, err := cal.Phase(s.momentIn(c, 2, cal.Zone()))
	if err != nil {
		s.throw(c, err)
	}
	c.Return(luavm.Intern(phase).Value())
}

func calendarNext(c *luavm.Call) {
	s := &nextSig
	cal := s.calendar(c)
	n := 1.0
	if !c.Arg(3).IsNil() {
		n = s.number(c, 3, "integer")
	}
	if n != math.Trunc(n) || math.Abs(n) > greatestDay {
		s.bad(c, 3, "integer number of days")
	}
	d, err := cal.Next(s.day(c, 2, cal), int(n))
	if err != nil {
		s.throw(c, err)
	}
	c.Return(dayValue(d))
}

func calendarTradingDay(c *luavm.Call) {
	s := &tradingDaySig
	cal := s.calendar(c)
	d, err := cal.TradingDay(s.momentIn(c, 2, cal.Zone()))
	if err != nil {
		s.throw(c, err)
	}
	c.Return(dayValue(d))
}

func calendarKnown(c *luavm.Call) {
	known := knownSig.calendar(c).Known()
	c.Return(dayValue(known.From), dayValue(known.To))
}
