package importer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"microts/internal/tick"
)

// A file holds times in many forms. A zoneClock reads, besides what tick.ParseTime does:
//
//	text or number                    time
//	1700000000, 1700000000.0001       s since 1970: below 10^11
//	1700000000000                     ms: below 10^14
//	1700000000000100                  µs: below 10^17
//	1700000000000100000               ns: above
//	20231114221320, ...320.5, ...     a date and a time of day in 14, 17, 20 or 23 digits
//
// but no time without a date, and none that depends on now. Digits beyond the µs are
// dropped.

const (
	second = int64(1e6)
	minute = 60 * second
	hour   = 60 * minute
	oneDay = 24 * hour
)

var (
	errNoDate = errors.New(`date and time such as "2023-11-14 22:13:20.0001" expected`)
	errTime   = errors.New("time from 1970 to 2255 expected")
)

// zoneClock reads times of a zone. It remembers the last day, so that a time costs no
// look-up of the zone. It is for one goroutine.
type zoneClock struct {
	zone *time.Location

	date  int64 // year*10000 + month*100 + day of the last day; 0: none
	start int64 // its midnight, as the zone's clocks show it, in µs since 1970
	begin int64 // the same as a time
	even  bool  // the zone's clocks are not set on that day or beside it

	minute [minuteSize]byte // the beginning of the last text in that form
	first  int64            // the time with which that minute begins
	tail   []byte           // what follows its seconds: an offset, or nothing
}

// minuteSize is the length of 2023-11-14 22:13: with its last colon.
const minuteSize = 17

// date returns year*10000 + month*100 + day; ok is false if there is no such day.
func dateOf(year, month, day int64) (date int64, ok bool) {
	if year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || day > 28 && day > daysIn(year, month) {
		return 0, false
	}
	return year*10000 + month*100 + day, true
}

func daysIn(year, month int64) int64 {
	return int64(time.Date(int(year), time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day())
}

// at returns the time at which the zone's clocks show a time of a day, in µs.
func (z *zoneClock) at(date, timeOfDay int64) (int64, error) {
	if date != z.date {
		z.look(date)
	}
	if z.even {
		return checkTime(z.begin + timeOfDay)
	}
	return z.resolve(z.start + timeOfDay)
}

func (z *zoneClock) look(date int64) {
	midnight := time.Date(int(date/10000), time.Month(date/100%100), int(date%100), 0, 0, 0, 0, time.UTC)
	_, before := midnight.Add(-24 * time.Hour).In(z.zone).Zone()
	_, after := midnight.Add(48 * time.Hour).In(z.zone).Zone()
	_, middle := midnight.Add(12 * time.Hour).In(z.zone).Zone()
	z.date, z.start = date, midnight.UnixMicro()
	z.even = before == after && before == middle
	z.begin = z.start - int64(before)*second
}

// resolve returns the time at which the zone's clocks show a time.
func (z *zoneClock) resolve(shown int64) (int64, error) {
	t := time.UnixMicro(shown).UTC()
	return tick.ParseTime(t.Format("2006-01-02 15:04:05.000000"), z.zone, time.Time{})
}

// shown returns the time at which the zone's clocks show a time, which is in µs.
func (z *zoneClock) shown(us int64) (int64, error) {
	if us < 0 || us >= tick.MaxTime {
		return 0, errTime
	}
	if z.date != 0 && us >= z.start && us < z.start+oneDay {
		return z.at(z.date, us-z.start)
	}
	t := time.UnixMicro(us).UTC()
	year, month, d := t.Date()
	return z.at(int64(year)*10000+int64(month)*100+int64(d), us%oneDay)
}

// dayOf returns the day of a time, as year*10000 + month*100 + day.
func (z *zoneClock) dayOf(us int64) int64 {
	if z.even && us >= z.begin && us < z.begin+oneDay {
		return z.date
	}
	year, month, d := time.UnixMicro(us).In(z.zone).Date()
	date := int64(year)*10000 + int64(month)*100 + int64(d)
	z.look(date)
	return date
}

// tradingDay returns the day to which a time counts on markets with night sessions, as
// year*10000 + month*100 + day: from 18:00 on the next day, and Monday in place of a weekend.
func (z *zoneClock) tradingDay(us int64) int64 {
	t := time.UnixMicro(us).In(z.zone).Add(6 * time.Hour)
	switch t.Weekday() {
	case time.Saturday:
		t = t.AddDate(0, 0, 2)
	case time.Sunday:
		t = t.AddDate(0, 0, 1)
	}
	year, month, d := t.Date()
	return int64(year)*10000 + int64(month)*100 + int64(d)
}

func checkTime(us int64) (int64, error) {
	if us < 0 || us >= tick.MaxTime {
		return 0, errTime
	}
	return us, nil
}

// read returns the time that a cell is.
func (z *zoneClock) read(c cell) (int64, error) {
	switch c.kind {
	case text:
		if len(c.text) == 0 {
			break
		}
		return z.parse(c.text)
	case decimal:
		if c.scale == 0 {
			return z.whole(c.i)
		}
		return z.number(c)
	case float:
		if f := c.float(); f == float64(int64(f)) {
			return z.whole(int64(f))
		}
		return z.number(c)
	case instant:
		return checkTime(c.i)
	case wall:
		return z.shown(c.i)
	case day:
		return z.shown(c.i * oneDay)
	case missing:
		return 0, errors.New("time expected, got nothing")
	}
	return 0, fmt.Errorf("time expected, got %s", c.show())
}

// whole returns the time that a whole number is.
func (z *zoneClock) whole(n int64) (int64, error) {
	if n >= 19700101000000 && n <= 22551231235959 {
		if us, ok := z.digits14(n); ok {
			return us, nil
		}
		return 0, fmt.Errorf("YYYYMMDDHHMMSS expected, got %d", n)
	}
	if n >= 19700101 && n <= 22551231 {
		date, ok := dateOf(n/10000, n/100%100, n%100)
		if !ok {
			return 0, fmt.Errorf("YYYYMMDD expected, got %d", n)
		}
		return z.at(date, 0)
	}
	return checkTime(unitOf(float64(n)).micros(n))
}

func (z *zoneClock) digits14(n int64) (us int64, ok bool) {
	date, ok := dateOf(n/1e10, n/1e8%100, n/1e6%100)
	h, m, s := n/1e4%100, n/100%100, n%100
	if !ok || h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	us, err := z.at(date, h*hour+m*minute+s*second)
	return us, err == nil
}

// unit is how many of it are one s.
type unit int64

// unitOf returns the unit that the size of a number tells.
func unitOf(n float64) unit {
	switch {
	case n < 1e11:
		return 1
	case n < 1e14:
		return 1e3
	case n < 1e17:
		return 1e6
	}
	return 1e9
}

// micros returns n units in µs, or -1 if that is no time.
func (u unit) micros(n int64) int64 {
	switch {
	case n < 0:
		return -1
	case u > 1e6:
		return n / int64(u/1e6)
	case n >= tick.MaxTime/int64(1e6/u)+1:
		return -1
	}
	return n * int64(1e6/u)
}

// number returns the time that a number with a fraction is.
func (z *zoneClock) number(n cell) (int64, error) {
	f := n.float()
	if f >= 19700101000000 && f <= 22551231235960 {
		rest := int64(0)
		switch n.kind {
		case decimal:
			p := powers[n.scale]
			rest = scaleTo(n.i%p, int(n.scale), 6)
		default:
			rest = int64((f - float64(int64(f))) * 1e6)
		}
		us, err := z.whole(int64(f))
		return us + rest, err
	}
	return unitTime(n, unitOf(f))
}

// unitTime returns the time that a number of units is.
func unitTime(n cell, u unit) (int64, error) {
	if n.kind == decimal {
		p := powers[n.scale]
		us := u.micros(n.i / p)
		if us >= 0 && u < 1e6 && n.i >= 0 {
			us += scaleTo(n.i%p, int(n.scale), 6-digitsOf(u))
		}
		return checkTime(us)
	}
	us := n.float() * (1e6 / float64(u))
	if !(us >= 0 && us < tick.MaxTime) {
		return 0, errTime
	}
	return int64(us + 0.5), nil
}

// digitsOf returns the power of ten that a unit is.
func digitsOf(u unit) (n int) {
	for ; u > 1; u /= 10 {
		n++
	}
	return n
}

// scaleTo returns n / 10^from in units of 10^-to.
func scaleTo(n int64, from, to int) int64 {
	for ; from > to; from-- {
		n /= 10
	}
	for ; from < to; from++ {
		n *= 10
	}
	return n
}

// parse returns the time that a text is. Most have the minute of the text before.
func (z *zoneClock) parse(t []byte) (int64, error) {
	if len(t) > minuteSize && string(t[:minuteSize]) == string(z.minute[:]) {
		if us, rest, ok := parseSeconds(t[minuteSize:]); ok && string(rest) == string(z.tail) {
			return checkTime(z.first + us)
		}
	}
	us, err := z.parseText(t)
	if err == nil && len(t) > minuteSize && t[13] == ':' && t[16] == ':' {
		z.remember(t, us)
	}
	return us, err
}

// remember keeps the minute of a text and its time, unless the zone's clocks may be set in
// that minute.
func (z *zoneClock) remember(t []byte, us int64) {
	seconds, rest, ok := parseSeconds(t[minuteSize:])
	switch {
	case !ok:
		return
	case len(rest) == 0 && (!z.even || us < z.begin || us >= z.begin+oneDay):
		return
	case len(rest) > 0 && rest[0] != 'Z' && rest[0] != '+' && rest[0] != '-':
		return
	}
	copy(z.minute[:], t)
	z.first, z.tail = us-seconds, append(z.tail[:0], rest...)
}

// parseSeconds reads SS and the fraction of a second, and returns what follows.
func parseSeconds(t []byte) (us int64, rest []byte, ok bool) {
	if len(t) < 2 || t[0]-'0' > 5 || t[1]-'0' > 9 {
		return 0, t, false
	}
	us = (int64(t[0]-'0')*10 + int64(t[1]-'0')) * second
	if t = t[2:]; len(t) == 0 || t[0] != '.' {
		return us, t, true
	}
	at := 1
	for unit := second / 10; at < len(t) && t[at]-'0' <= 9; unit /= 10 {
		us += int64(t[at]-'0') * unit
		at++
	}
	return us, t[at:], at > 1
}

// parseText is parse of a text of any minute.
func (z *zoneClock) parseText(t []byte) (int64, error) {
	if len(t) >= 10 && t[4] == t[7] && (t[4] == '-' || t[4] == '/' || t[4] == '.') {
		if date, ok := parseDate(t[:10]); ok {
			rest := t[10:]
			if len(rest) == 0 {
				return z.at(date, 0)
			}
			if rest[0] == ' ' || rest[0] == 'T' {
				if us, rest, ok := parseClock(rest[1:]); ok {
					switch {
					case len(rest) == 0:
						return z.at(date, us)
					case len(rest) == 1 && rest[0] == 'Z' || string(rest) == "+00:00":
						return utcTime(date, us)
					}
				}
			}
		}
		return z.slow(t)
	}
	n, digits := int64(0), 0
	for digits < len(t) && t[digits]-'0' <= 9 && digits < 19 {
		n = 10*n + int64(t[digits]-'0')
		digits++
	}
	if digits == len(t) && digits > 0 {
		switch digits {
		case 17, 20, 23:
			return z.slow(t)
		case 8, 10, 11, 12, 13, 14, 15, 16:
			return z.whole(n)
		case 18, 19:
			return checkTime(n / 1e3)
		}
		if digits < 8 {
			return 0, fmt.Errorf("date and time, or time since 1970, expected, got %q", t)
		}
	}
	if digits >= 9 && digits < len(t) && t[digits] == '.' {
		if c, ok := parseNumber(t); ok {
			return z.number(c)
		}
	}
	if digits == 8 {
		if date, ok := parseDate(t[:8]); ok && len(t) > 8 {
			rest := t[8:]
			if rest[0] == ' ' || rest[0] == 'T' {
				rest = rest[1:]
			}
			if us, rest, ok := parseClock(rest); ok && len(rest) == 0 {
				return z.at(date, us)
			}
		}
	}
	return z.slow(t)
}

// slow is parse of a text in a form that is rare.
func (z *zoneClock) slow(t []byte) (int64, error) {
	if t[0]-'0' > 9 || len(t) > 2 && (t[1] == ':' || t[2] == ':') {
		return 0, fmt.Errorf("%w, got %q", errNoDate, t)
	}
	us, err := tick.ParseTime(string(t), z.zone, time.Time{})
	switch {
	case err == nil:
		return us, nil
	case strings.HasPrefix(err.Error(), "the clocks"), strings.HasPrefix(err.Error(), "time from"):
		return 0, fmt.Errorf("%w, got %q", err, t)
	}
	return 0, fmt.Errorf("%w, got %q", errNoDate, t)
}

// utcTime returns the time at which the clocks of UTC show a time of a day.
func utcTime(date, timeOfDay int64) (int64, error) {
	midnight := time.Date(int(date/10000), time.Month(date/100%100), int(date%100), 0, 0, 0, 0, time.UTC)
	return checkTime(midnight.UnixMicro() + timeOfDay)
}

// combine returns the time of a day and a time of day.
func (z *zoneClock) combine(d, c cell) (int64, error) {
	date, err := readDate(d)
	if err != nil {
		return 0, err
	}
	us, err := readClock(c)
	if err != nil {
		return 0, err
	}
	return z.at(date, us)
}

// readDate returns the day that a cell is.
func readDate(c cell) (date int64, err error) {
	ok := false
	switch c.kind {
	case text:
		if date, ok = parseDate(c.text); !ok && len(c.text) > 10 {
			// The date of a table's column often comes with the time 00:00:00.
			if us, rest, isClock := parseClock(c.text[11:]); isClock && us == 0 && len(rest) == 0 {
				date, ok = parseDate(c.text[:10])
			}
		}
	case decimal:
		if n, whole := c.whole(); whole {
			date, ok = dateOf(n/10000, n/100%100, n%100)
		}
	case float:
		if n, whole := c.whole(); whole {
			date, ok = dateOf(n/10000, n/100%100, n%100)
		}
	case day:
		date, ok = dayDate(c.i), true
	case wall:
		date, ok = dayDate(c.i/oneDay), c.i%oneDay == 0
	}
	if !ok {
		return 0, fmt.Errorf("date such as 2023-11-14 or 20231114 expected, got %s", c.show())
	}
	return date, nil
}

func dayDate(days int64) int64 {
	year, month, d := time.Unix(days*86400, 0).UTC().Date()
	return int64(year)*10000 + int64(month)*100 + int64(d)
}

// readClock returns the time of day that a cell is, in µs.
func readClock(c cell) (us int64, err error) {
	ok := false
	switch c.kind {
	case text:
		var rest []byte
		us, rest, ok = parseClock(c.text)
		ok = ok && len(rest) == 0
	case decimal, float:
		if n, whole := c.whole(); whole && n >= 0 {
			us, ok = clockOf(n)
		}
	case clock:
		us, ok = c.i, c.i >= 0 && c.i < oneDay
	}
	if !ok {
		return 0, fmt.Errorf("time of day such as 09:30:00.5, 93000 or 93000500 expected, got %s", c.show())
	}
	return us, nil
}

// clockOf returns the time of day that a number is: HHMM, HHMMSS, HHMMSSmmm or more
// digits of a second. Zeros at its beginning are lost.
func clockOf(n int64) (us int64, ok bool) {
	switch {
	case n < 2400:
		return timeOfDay(n/100, n%100, 0, 0)
	case n < 240000:
		return timeOfDay(n/10000, n/100%100, n%100, 0)
	case n < 240000000:
		return timeOfDay(n/10000000, n/100000%100, n/1000%100, n%1000*1000)
	case n < 240000000000:
		return timeOfDay(n/10000000000, n/100000000%100, n/1000000%100, n%1000000)
	}
	return timeOfDay(n/10000000000000, n/100000000000%100, n/1000000000%100, n%1000000000/1000)
}

func timeOfDay(h, m, s, us int64) (int64, bool) {
	return h*hour + m*minute + s*second + us, h < 24 && m < 60 && s < 60
}

// parseDate reads YYYYMMDD, and YYYY-MM-DD with -, / or . between.
func parseDate(t []byte) (date int64, ok bool) {
	switch {
	case len(t) == 8:
		y, ok1 := digits(t[:4])
		m, ok2 := digits(t[4:6])
		d, ok3 := digits(t[6:])
		if !ok1 || !ok2 || !ok3 {
			return parseShortDate(t)
		}
		return dateOf(y, m, d)
	case len(t) == 10 && t[4] == t[7] && (t[4] == '-' || t[4] == '/' || t[4] == '.'):
		y, ok1 := digits(t[:4])
		m, ok2 := digits(t[5:7])
		d, ok3 := digits(t[8:])
		if !ok1 || !ok2 || !ok3 {
			return 0, false
		}
		return dateOf(y, m, d)
	}
	return parseShortDate(t)
}

// parseShortDate reads YYYY/M/D and YYYY-M-D.
func parseShortDate(t []byte) (date int64, ok bool) {
	if len(t) < 8 || len(t) > 9 || t[4] != '-' && t[4] != '/' {
		return 0, false
	}
	rest := t[5:]
	at := 1
	if rest[at] != t[4] {
		at++
	}
	if at+1 >= len(rest) || rest[at] != t[4] {
		return 0, false
	}
	y, ok1 := digits(t[:4])
	m, ok2 := digits(rest[:at])
	d, ok3 := digits(rest[at+1:])
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	return dateOf(y, m, d)
}

// digits returns the number that a text of digits is.
func digits(t []byte) (n int64, ok bool) {
	for _, c := range t {
		if c-'0' > 9 {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, len(t) > 0 && len(t) < 19
}

// parseClock reads a time of day: H:MM, H:MM:SS, the same without colons, and the
// fraction of a second behind a point or at once. It returns what follows.
func parseClock(t []byte) (us int64, rest []byte, ok bool) {
	n, i := int64(0), 0
	for i < len(t) && t[i]-'0' <= 9 && i < 18 {
		n = 10*n + int64(t[i]-'0')
		i++
	}
	if i == 0 {
		return 0, t, false
	}
	var h, m, s int64
	switch {
	case i <= 2 && i < len(t) && t[i] == ':':
		h = n
		if i+3 > len(t) {
			return 0, t, false
		}
		if m, ok = digits(t[i+1 : i+3]); !ok {
			return 0, t, false
		}
		i += 3
		if i >= len(t) || t[i] != ':' {
			us, ok = timeOfDay(h, m, 0, 0)
			return us, t[i:], ok
		}
		if i+3 > len(t) {
			return 0, t, false
		}
		if s, ok = digits(t[i+1 : i+3]); !ok {
			return 0, t, false
		}
		i += 3
	case i == 5 || i == 6:
		h, m, s = n/10000, n/100%100, n%100
	case i == 3 || i == 4:
		us, ok = timeOfDay(n/100, n%100, 0, 0)
		return us, t[i:], ok
	case i == 8 || i == 9:
		us, ok = timeOfDay(n/1e7, n/1e5%100, n/1e3%100, n%1e3*1e3)
		return us, t[i:], ok
	case i == 11 || i == 12:
		us, ok = timeOfDay(n/1e10, n/1e8%100, n/1e6%100, n%1e6)
		return us, t[i:], ok
	case i == 14 || i == 15:
		us, ok = timeOfDay(n/1e13, n/1e11%100, n/1e9%100, n%1e9/1e3)
		return us, t[i:], ok
	default:
		return 0, t, false
	}
	if i < len(t) && (t[i] == '.' || t[i] == ',') {
		j := i + 1
		fraction, places := int64(0), 0
		for j < len(t) && t[j]-'0' <= 9 {
			if places < 6 {
				fraction = 10*fraction + int64(t[j]-'0')
				places++
			}
			j++
		}
		if j == i+1 {
			return 0, t, false
		}
		us, ok = timeOfDay(h, m, s, scaleTo(fraction, places, 6))
		return us, t[j:], ok
	}
	us, ok = timeOfDay(h, m, s, 0)
	return us, t[i:], ok
}
