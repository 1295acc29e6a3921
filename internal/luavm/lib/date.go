package lib

import (
	"math"
	"strconv"
	"strings"
	"time"

	"microts/internal/luavm"
)

// date is os.date([format [, time]]). It knows "*t", all conversions of C, and "!"
// for UTC. The time is seconds since 1970.
func date(c *luavm.Call) {
	format := c.OptString(1, "%c")
	t := time.Now()
	if !c.Arg(2).IsNil() {
		seconds := c.Number(2)
		// C has no date whose year does not fit into 32 bits.
		const end = 67768036191676800
		if !(-end < seconds && seconds < end) {
			c.Return(luavm.Nil)
			return
		}
		t = time.Unix(int64(seconds), 0)
	}
	format, gmt := strings.CutPrefix(format, "!")
	if gmt {
		t = t.UTC()
	}
	if format == "*t" {
		c.Return(dateTable(t).Value())
		return
	}
	c.Return(formatDate(c, dater{t: t, gmt: gmt}, format))
}

// FormatDate formats a time as os.date does.
func FormatDate(c *luavm.Call, t time.Time, format string) luavm.Value {
	return formatDate(c, dater{t: t}, format)
}

func formatDate(c *luavm.Call, d dater, format string) luavm.Value {
	if end := strings.IndexByte(format, 0); end >= 0 {
		format = format[:end] // strftime reads no further
	}
	const longest = 100 // bytes of one conversion: the largest width
	c.Room(len(format) + longest*strings.Count(format, "%"))
	d.call = c
	d.format(format)
	return luavm.OwnText(d.out)
}

var dateShape = func() *luavm.Shape {
	var keys []*luavm.String
	for _, name := range []string{"sec", "min", "hour", "day", "month", "year", "wday", "yday", "isdst"} {
		keys = append(keys, luavm.Intern(name))
	}
	return luavm.NewShape(0, 0, keys...)
}()

// dateTable returns a time as the table of os.date("*t").
func dateTable(t time.Time) *luavm.Table {
	fields := dateShape.NewTable()
	for i, n := range []int{t.Second(), t.Minute(), t.Hour(), t.Day(), int(t.Month()), t.Year(), int(t.Weekday()) + 1, t.YearDay()} {
		fields.SetField(i, luavm.Int(n))
	}
	fields.SetField(8, luavm.Bool(t.IsDST()))
	return fields
}

// dater formats a time as C's strftime does in the C locale.
type dater struct {
	call  *luavm.Call
	t     time.Time
	gmt   bool // "!" asked for UTC
	out   []byte
	steps int // conversions
}

func (d *dater) format(format string) {
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 == len(format) {
			d.out = append(d.out, format...)
			return
		}
		if d.steps++; d.steps&0xfff == 0 {
			d.call.CheckStop()
		}
		d.out = append(d.out, format[:i]...)
		format = format[i:]
		n := d.conversion(format)
		format = format[n:]
	}
}

// conversion formats the conversion that a format begins with, and returns its length.
// The flags and the width are those of glibc.
func (d *dater) conversion(format string) int {
	i := 1
	flag, upper, swap := byte(0), false, false
flags:
	for ; i < len(format); i++ {
		switch format[i] {
		case '-', '_', '0':
			flag = format[i]
		case '^':
			upper = true
		case '#':
			swap = true
		default:
			break flags
		}
	}
	width := 0
	for ; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
		width = min(width*10+int(format[i]-'0'), 100)
	}
	if i < len(format) && (format[i] == 'E' || format[i] == 'O') {
		i++ // asks for another calendar or other digits; the C locale has none
	}
	if i >= len(format) {
		d.out = append(d.out, format...)
		return len(format)
	}
	f, ok := d.field(format[i])
	if !ok {
		d.out = append(d.out, format[:i+1]...)
		return i + 1
	}
	d.append(f, flag, width)
	if n := len(f.text); upper || swap && n > 0 {
		changeCase(d.out[len(d.out)-n:], swap && (format[i] == 'Z' || format[i] == 'p'))
	}
	return i + 1
}

func changeCase(b []byte, lower bool) {
	for i, c := range b {
		switch {
		case lower && 'A' <= c && c <= 'Z':
			b[i] = c + 0x20
		case !lower && 'a' <= c && c <= 'z':
			b[i] = c - 0x20
		}
	}
}

// dateField is a formatted part of a date: a text, or a number with at least digits digits.
type dateField struct {
	text   string
	number int
	digits int
	fill   byte // of a number
}

func (d *dater) append(f dateField, flag byte, width int) {
	if f.digits == 0 {
		with := byte(' ')
		if flag == '0' {
			with = '0'
		}
		d.out = append(fill(d.out, with, width-len(f.text)), f.text...)
		return
	}
	with := f.fill
	switch flag {
	case '-':
		f.digits = 1
	case '_':
		with = ' '
	case '0':
		with = '0'
	}
	text := strconv.Itoa(f.number)
	d.out = append(fill(d.out, with, max(f.digits, width)-len(text)), text...)
}

// field returns what a letter stands for.
func (d *dater) field(letter byte) (f dateField, ok bool) {
	t := d.t
	number := func(n, digits int) (dateField, bool) { return dateField{number: n, digits: digits, fill: '0'}, true }
	spaced := func(n int) (dateField, bool) { return dateField{number: n, digits: 2, fill: ' '}, true }
	isoYear, isoWeek := t.ISOWeek()
	switch letter {
	case 'C':
		return number(int(math.Floor(float64(t.Year())/100)), 2)
	case 'd':
		return number(t.Day(), 2)
	case 'e':
		return spaced(t.Day())
	case 'g':
		return number((isoYear%100+100)%100, 2)
	case 'G':
		return number(isoYear, 1)
	case 'H':
		return number(t.Hour(), 2)
	case 'I':
		return number((t.Hour()+11)%12+1, 2)
	case 'j':
		return number(t.YearDay(), 3)
	case 'k':
		return spaced(t.Hour())
	case 'l':
		return spaced((t.Hour()+11)%12 + 1)
	case 'm':
		return number(int(t.Month()), 2)
	case 'M':
		return number(t.Minute(), 2)
	case 's':
		return number(int(t.Unix()), 1)
	case 'S':
		return number(t.Second(), 2)
	case 'u':
		return number((int(t.Weekday())+6)%7+1, 1)
	case 'U':
		return number((t.YearDay()+6-int(t.Weekday()))/7, 2)
	case 'V':
		return number(isoWeek, 2)
	case 'w':
		return number(int(t.Weekday()), 1)
	case 'W':
		return number((t.YearDay()+6-(int(t.Weekday())+6)%7)/7, 2)
	case 'y':
		return number((t.Year()%100+100)%100, 2)
	case 'Y':
		return number(t.Year(), 1)
	}
	return d.textField(letter)
}

// textField returns what a letter that is no number stands for.
func (d *dater) textField(letter byte) (f dateField, ok bool) {
	if nested := compositeDates[letter]; nested != "" {
		inner := dater{t: d.t, gmt: d.gmt}
		inner.format(nested)
		return dateField{text: string(inner.out)}, true
	}
	if layout := dateLayouts[letter]; layout != "" {
		text := d.t.Format(layout)
		if letter == 'Z' && d.gmt {
			text = "GMT" // what C calls it after '!'
		}
		return dateField{text: text}, true
	}
	switch letter {
	case 'n':
		return dateField{text: "\n"}, true
	case 't':
		return dateField{text: "\t"}, true
	case '%':
		return dateField{text: "%"}, true
	}
	return f, false
}

// compositeDates are the letters that stand for several others.
var compositeDates = map[byte]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'F': "%Y-%m-%d", 'r': "%I:%M:%S %p", 'R': "%H:%M", 'T': "%H:%M:%S",
	'x': "%m/%d/%y", 'X': "%H:%M:%S",
}

// dateLayouts are Go's layouts for the letters that have one.
var dateLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'p': "PM", 'P': "pm", 'z': "-0700", 'Z': "MST",
}

// timeOf is os.time([fields]) in seconds since 1970: now, or the local time that
// the fields give. Fields out of range carry over, such as month 13.
func timeOf(c *luavm.Call) {
	if c.Arg(1).IsNil() {
		c.Return(luavm.Int(int(time.Now().Unix())))
		return
	}
	t := table(c, 1)
	// The order is that of LuaJIT, which says of the first one that it is missing.
	second, minute, hour := timeField(c, t, "sec", 0), timeField(c, t, "min", 0), timeField(c, t, "hour", 12)
	day, month, year := timeField(c, t, "day", -1), timeField(c, t, "month", -1), timeField(c, t, "year", -1)
	if c.Index(t, luavm.Intern("isdst").Value()).Truth() {
		hour-- // the fields are in daylight saving time, which the zone may not have
		if local := time.Date(year, time.Month(month), day, hour+1, minute, second, 0, time.Local); local.IsDST() {
			hour++
		}
	}
	seconds := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.Local).Unix()
	if seconds == -1 {
		c.Return(luavm.Nil) // what C returns for no time
		return
	}
	c.Return(luavm.Int(int(seconds)))
}

// timeField returns a field of the table of os.time. Without a preset, which is not
// negative, the field must be there.
func timeField(c *luavm.Call, t luavm.Value, name string, preset int) int {
	f, ok := luavm.ToNumber(c.Index(t, luavm.Intern(name).Value()))
	if ok {
		return int(int32(signed(f)))
	}
	if preset < 0 {
		c.Errorf("field '%s' missing in date table", name)
	}
	return preset
}
