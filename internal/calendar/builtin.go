package calendar

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"microts/internal/suggest"
)

// Names are the names of the calendars that are built in.
var Names = []string{"cn", "cn-futures", "cn-futures-2300", "cn-futures-0100", "hk", "us"}

//go:embed days/*.txt
var dayFiles embed.FS

// builtIns makes each calendar once.
var builtIns = map[string]func() *Calendar{
	"cn":              sync.OnceValue(cn),
	"cn-futures":      sync.OnceValue(func() *Calendar { return futures("cn-futures", "21:00-02:30") }),
	"cn-futures-2300": sync.OnceValue(func() *Calendar { return futures("cn-futures-2300", "21:00-23:00") }),
	"cn-futures-0100": sync.OnceValue(func() *Calendar { return futures("cn-futures-0100", "21:00-01:00") }),
	"hk":              sync.OnceValue(hk),
	"us":              sync.OnceValue(us),
}

// builtIn returns the calendar of a name, or nil.
func builtIn(name string) *Calendar {
	if f := builtIns[name]; f != nil {
		return f()
	}
	return nil
}

func unknownName(name string) error {
	if near := suggest.Nearest(name, Names); near != "" {
		return fmt.Errorf("there is no calendar %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no calendar %q; there are %s, and files", name, strings.Join(Names, ", "))
}

// cn is Shanghai's and Shenzhen's, whose trading days are the same since 1990-12-03, the
// first of all.
func cn() *Calendar {
	c := made("cn", "cn", Definition{
		Zone: "Asia/Shanghai", Sessions: []string{"09:30-11:30", "13:00-15:00"}, Auction: "09:15", Closing: "14:57",
	})
	c.founded = true
	return c
}

// futures is that of the commodity exchanges, with the night session of some products.
func futures(name, night string) *Calendar {
	c := made(name, "cn", Definition{
		Zone: "Asia/Shanghai", Sessions: []string{"09:00-10:15", "10:30-11:30", "13:30-15:00"}, Auction: "08:55",
		Night: night, NightAuction: "20:55",
	})
	c.founded = true
	c.noNights = []Range{
		{0, date(2013, time.July, 5)},                           // the first was in the evening of that day
		{date(2020, time.February, 4), date(2020, time.May, 6)}, // an epidemic
	}
	return c
}

// hk is Hong Kong's. The closing auction of today began on 2016-07-25.
func hk() *Calendar {
	before := made("hk", "hk", Definition{Zone: "Asia/Hong_Kong", Sessions: []string{"09:30-12:00", "13:00-16:00"}, Auction: "09:00"})
	c := made("hk", "hk", Definition{Zone: "Asia/Hong_Kong", Sessions: []string{"09:30-12:00", "13:00-16:10"}, Auction: "09:00", Closing: "16:00"})
	change := date(2016, time.July, 25)
	c.hours = []regime{before.hours[0], {change, c.hours[0].hours}}
	for d, h := range before.special {
		if d < change {
			c.special[d] = h
		}
	}
	return c
}

// us is New York's: NYSE's and Nasdaq's.
func us() *Calendar {
	return made("us", "us", Definition{Zone: "America/New_York", Sessions: []string{"09:30-16:00"}})
}

// made makes a built-in calendar of a file of days and a Definition.
func made(name, file string, d Definition) *Calendar {
	text, err := fs.ReadFile(dayFiles, "days/"+file+".txt")
	if err != nil {
		panic(err) // it is embedded
	}
	days, err := parseYears(string(text))
	if err != nil {
		panic(err) // so says the test of all built-in calendars
	}
	for _, day := range days.open {
		d.Days = append(d.Days, Text(day.String()))
	}
	d.From, d.To = Text(days.known.From.String()), Text(days.known.To.String())
	c, err := build(name, &Calendar{}, d)
	if err != nil {
		panic(err)
	}
	c.special = map[Day]*hours{}
	for day, part := range days.part {
		c.special[day] = c.hoursOf(day).only(part)
	}
	return c
}
