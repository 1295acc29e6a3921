package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func open(t testing.TB, name string) *Calendar {
	t.Helper()
	c, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(t testing.TB, text string) Day {
	t.Helper()
	d, err := ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at returns a time of the calendar's zone in µs: "2023-11-14 09:30:00.000001".
func at(t testing.TB, c *Calendar, text string) int64 {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if moment, err := time.ParseInLocation(layout, text, c.zone); err == nil {
			return moment.UnixMicro()
		}
	}
	t.Fatalf("%q is no time", text)
	return 0
}

// show returns sessions as a person reads them: "am 09:15 09:30-11:30", with the auction
// before the hours and the closing auction after them.
func show(c *Calendar, sessions []Session) string {
	clock := func(us int64) string { return time.UnixMicro(us).In(c.zone).Format("2 15:04") }
	var parts []string
	for _, s := range sessions {
		text := s.Phase + " " + clock(s.Start) + "-" + clock(s.Stop)
		if s.Auction != s.Start {
			text += " auction " + clock(s.Auction)
		}
		if s.Closing != s.Stop {
			text += " closing " + clock(s.Closing)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// TestChineseDays compares with the list of all trading days.
func TestChineseDays(t *testing.T) {
	text, err := os.ReadFile("testdata/xshg_days.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(string(text))
	for _, name := range []string{"cn", "cn-futures"} {
		c := open(t, name)
		days, err := c.Days(c.Known().From, c.Known().To)
		if err != nil {
			t.Fatal(err)
		}
		if len(days) != len(want) {
			t.Fatalf("%s: %d trading days, not %d", name, len(days), len(want))
		}
		for i, d := range days {
			if d.String() != want[i] {
				t.Fatalf("%s: trading day %d is %v, not %s", name, i, d, want[i])
			}
		}
	}
}

func TestSessions(t *testing.T) {
	for _, test := range []struct{ calendar, day, want string }{
		{"cn", "2023-11-14", "am 14 09:30-14 11:30 auction 14 09:15; pm 14 13:00-14 15:00 closing 14 14:57"},
		{"cn", "2024-02-09", ""}, // the day before the Spring Festival
		{"cn", "2023-11-11", ""}, // a Saturday
		{"cn", "1990-12-03", "am 3 09:30-3 11:30 auction 3 09:15; pm 3 13:00-3 15:00 closing 3 14:57"},
		{"cn", "1980-01-02", ""}, // there was no exchange
		{"cn-futures", "2023-11-14", "night 13 21:00-14 02:30 auction 13 20:55; am 14 09:00-14 10:15; am 14 10:30-14 11:30; pm 14 13:30-14 15:00"},
		{"cn-futures", "2023-11-13", "night 10 21:00-11 02:30 auction 10 20:55; am 13 09:00-13 10:15; am 13 10:30-13 11:30; pm 13 13:30-13 15:00"}, // a Monday
		{"cn-futures", "2023-10-09", "am 9 09:00-9 10:15 auction 9 08:55; am 9 10:30-9 11:30; pm 9 13:30-9 15:00"},                                 // after a holiday
		{"cn-futures", "2013-07-05", "am 5 09:00-5 10:15 auction 5 08:55; am 5 10:30-5 11:30; pm 5 13:30-5 15:00"},                                 // before nights
		{"cn-futures", "2013-07-08", "night 5 21:00-6 02:30 auction 5 20:55; am 8 09:00-8 10:15; am 8 10:30-8 11:30; pm 8 13:30-8 15:00"},
		{"cn-futures", "2020-03-03", "am 3 09:00-3 10:15 auction 3 08:55; am 3 10:30-3 11:30; pm 3 13:30-3 15:00"}, // nights were suspended
		{"cn-futures-2300", "2023-11-14", "night 13 21:00-13 23:00 auction 13 20:55; am 14 09:00-14 10:15; am 14 10:30-14 11:30; pm 14 13:30-14 15:00"},
		{"cn-futures-0100", "2023-11-14", "night 13 21:00-14 01:00 auction 13 20:55; am 14 09:00-14 10:15; am 14 10:30-14 11:30; pm 14 13:30-14 15:00"},
		{"hk", "2024-05-14", "am 14 09:30-14 12:00 auction 14 09:00; pm 14 13:00-14 16:10 closing 14 16:00"},
		{"hk", "2016-07-22", "am 22 09:30-22 12:00 auction 22 09:00; pm 22 13:00-22 16:00"},
		{"hk", "2024-12-24", "am 24 09:30-24 12:10 auction 24 09:00 closing 24 12:00"}, // a half day
		{"hk", "2014-12-24", "am 24 09:30-24 12:00 auction 24 09:00"},
		{"hk", "2024-05-15", ""},                                   // Buddha's birthday
		{"hk", "2023-10-09", "pm 9 14:00-9 16:10 closing 9 16:00"}, // a typhoon, and no auction before
		{"hk", "2014-09-16", "pm 16 13:00-16 16:00"},
		{"hk", "2022-11-02", "am 2 09:30-2 12:00 auction 2 09:00; pm 2 13:00-2 13:55"}, // no closing auction either
		{"hk", "2023-09-08", ""},                                                       // a rainstorm
		{"us", "2023-11-22", "open 22 09:30-22 16:00"},
		{"us", "2023-11-24", "open 24 09:30-24 13:00"}, // a half day
		{"us", "2023-11-23", ""},                       // Thanksgiving
		{"us", "2002-09-11", "open 11 12:00-11 16:00"}, // a commemoration
		{"us", "2005-06-01", "open 1 09:30-1 15:56"},
		{"us", "2024-03-11", "open 11 09:30-11 16:00"}, // the clocks were set forward
	} {
		c := open(t, test.calendar)
		sessions, err := c.Sessions(day(t, test.day))
		if err != nil {
			t.Fatal(err)
		}
		if got := show(c, sessions); got != test.want {
			t.Errorf("%s %s: %s, not %s", test.calendar, test.day, got, test.want)
		}
	}
}

func TestPhase(t *testing.T) {
	for _, test := range []struct{ calendar, at, want string }{
		{"cn", "2023-11-14 00:00", Closed},
		{"cn", "2023-11-14 09:14:59.999999", Closed},
		{"cn", "2023-11-14 09:15:00", Auction},
		{"cn", "2023-11-14 09:25:00", Auction},
		{"cn", "2023-11-14 09:29:59.999999", Auction},
		{"cn", "2023-11-14 09:30:00", "am"},
		{"cn", "2023-11-14 11:30:00", "am"},
		{"cn", "2023-11-14 11:30:00.000001", Break},
		{"cn", "2023-11-14 12:59:59.999999", Break},
		{"cn", "2023-11-14 13:00:00", "pm"},
		{"cn", "2023-11-14 14:56:59.999999", "pm"},
		{"cn", "2023-11-14 14:57:00", Closing},
		{"cn", "2023-11-14 15:00:00", Closing},
		{"cn", "2023-11-14 15:00:00.000001", Closed},
		{"cn", "2024-02-09 10:00", Closed},
		{"cn", "1970-01-01 08:00", Closed},
		{"cn-futures", "2023-11-13 20:54", Closed},
		{"cn-futures", "2023-11-13 20:55", Auction},
		{"cn-futures", "2023-11-13 21:00", Night},
		{"cn-futures", "2023-11-14 02:30", Night},
		{"cn-futures", "2023-11-14 02:31", Closed},
		{"cn-futures", "2023-11-14 10:20", Break},
		{"cn-futures", "2023-11-11 02:00", Night}, // a Saturday
		{"cn-futures", "2023-09-28 22:00", Closed},
		{"hk", "2024-05-14 16:05", Closing},
		{"hk", "2023-10-09 09:15", Closed},
		{"hk", "2023-10-09 14:00", "pm"},
		{"hk", "2022-11-02 13:55:00.000001", Closed},
		{"us", "2023-11-24 13:00", "open"},
		{"us", "2023-11-24 13:01", Closed},
	} {
		c := open(t, test.calendar)
		got, err := c.Phase(at(t, c, test.at))
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("%s %s: %s, not %s", test.calendar, test.at, got, test.want)
		}
	}
}

func TestTradingDay(t *testing.T) {
	for _, test := range []struct{ calendar, at, want string }{
		{"cn", "2023-11-14 00:00", "2023-11-14"},
		{"cn", "2023-11-14 23:59:59.999999", "2023-11-14"},
		{"cn", "2023-11-11 12:00", "2023-11-13"}, // a Saturday
		{"cn", "1970-01-02 12:00", "1990-12-03"},
		{"cn-futures", "2023-11-14 17:59:59.999999", "2023-11-14"},
		{"cn-futures", "2023-11-14 18:00", "2023-11-15"},
		{"cn-futures", "2023-11-15 01:00", "2023-11-15"},
		{"cn-futures", "2023-11-10 21:00", "2023-11-13"}, // a Friday
		{"cn-futures", "2023-11-11 01:00", "2023-11-13"},
		{"us", "2023-11-14 20:00", "2023-11-14"},
	} {
		c := open(t, test.calendar)
		got, err := c.TradingDay(at(t, c, test.at))
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != test.want {
			t.Errorf("%s %s: %v, not %s", test.calendar, test.at, got, test.want)
		}
	}
}

func TestNext(t *testing.T) {
	for _, test := range []struct {
		day  string
		n    int
		want string
	}{
		{"2023-11-14", 1, "2023-11-15"},
		{"2023-11-14", 0, "2023-11-14"},
		{"2023-11-14", -1, "2023-11-13"},
		{"2023-11-11", 0, "2023-11-13"},
		{"2023-11-11", 1, "2023-11-13"},
		{"2023-11-11", -1, "2023-11-10"},
		{"2024-02-08", 1, "2024-02-19"},
		{"2024-02-19", -1, "2024-02-08"},
		{"2023-11-14", 250, "2024-11-26"},
	} {
		got, err := open(t, "cn").Next(day(t, test.day), test.n)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != test.want {
			t.Errorf("%d after %s is %v, not %s", test.n, test.day, got, test.want)
		}
	}
}

// TestDaysOfOthers compares with lists that other programs' rules made: all days, with the
// hours before the closing auction. The files say how they were made.
func TestDaysOfOthers(t *testing.T) {
	for _, test := range []struct{ calendar, file, usual string }{
		{"hk", "testdata/xhkg.txt", "09:30-16:00"},
		{"us", "testdata/xnys.txt", "09:30-16:00"},
	} {
		text, err := os.ReadFile(test.file)
		if err != nil {
			t.Fatal(err)
		}
		digest, want := "", map[string]string{} // the hours of days that are not as usual
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if comment, ok := strings.CutPrefix(line, "# "); !ok {
				day, hours, _ := strings.Cut(line, " ")
				want[day] = hours
			} else if len(comment) == 2*sha256.Size {
				digest = comment
			}
		}
		c := open(t, test.calendar)
		hash := sha256.New()
		for d := c.Known().From; d <= c.Known().To; d++ {
			sessions, err := c.Sessions(d)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if n := len(sessions); n > 0 {
				hours := func(zone *time.Location) string {
					at := func(us int64) string { return time.UnixMicro(us).In(zone).Format("15:04") }
					return at(sessions[0].Start) + "-" + at(sessions[n-1].Closing)
				}
				got = hours(c.Zone())
				fmt.Fprintf(hash, "%v %s\n", d, hours(time.UTC))
			}
			hours, unusual := want[d.String()]
			if !unusual && !d.Weekend() {
				hours = test.usual
			}
			if got != hours {
				t.Errorf("%s %v: hours %q, not %q", test.calendar, d, got, hours)
			}
		}
		if got := hex.EncodeToString(hash.Sum(nil)); got != digest {
			t.Errorf("%s: the digest of all days is %s, not %s", test.calendar, got, digest)
		}
	}
}

// TestNightsBeforeHolidays compares with the evenings without night session that the
// Shanghai Futures Exchange announced for 2021 (on 2020-12-23), 2023 (on 2022-12-27) and
// the Spring Festivals of 2017 and 2018, and with those of the epidemic.
func TestNightsBeforeHolidays(t *testing.T) {
	c := open(t, "cn-futures")
	for _, test := range []struct{ from, to, without string }{
		{"2020-12-24", "2021-12-30", "2020-12-31 2021-02-10 2021-04-02 2021-04-30 2021-06-11 2021-09-17 2021-09-30"},
		{"2022-12-28", "2023-12-28", "2022-12-30 2023-01-20 2023-04-04 2023-04-28 2023-06-21 2023-09-28"},
		{"2017-01-18", "2017-02-10", "2017-01-26"},
		{"2018-02-06", "2018-03-01", "2018-02-14"},
		{"2020-01-22", "2020-02-05", "2020-01-23 2020-02-03 2020-02-04 2020-02-05"},
		{"2020-04-29", "2020-05-07", "2020-04-29 2020-04-30"},
	} {
		days, err := c.Days(day(t, test.from), day(t, test.to))
		if err != nil {
			t.Fatal(err)
		}
		var without []string
		for _, d := range days {
			phase, err := c.Phase(d.At(22*60*minute, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			if phase != Night {
				without = append(without, d.String())
			}
		}
		if got := strings.Join(without, " "); got != test.without {
			t.Errorf("%s to %s: no night on %s, not on %s", test.from, test.to, got, test.without)
		}
	}
}

// TestDaysBeyondTheKnown are errors that say what to do.
func TestDaysBeyondTheKnown(t *testing.T) {
	cn, us := open(t, "cn"), open(t, "us")
	for name, f := range map[string]func() error{
		"Days":         func() error { _, err := cn.Days(day(t, "2026-12-01"), day(t, "2027-01-04")); return err },
		"Sessions":     func() error { _, err := cn.Sessions(day(t, "2027-01-04")); return err },
		"IsTradingDay": func() error { _, err := cn.IsTradingDay(day(t, "2027-01-04")); return err },
		"Next":         func() error { _, err := cn.Next(day(t, "2026-12-31"), 1); return err },
		"Phase":        func() error { _, err := cn.Phase(at(t, cn, "2027-01-04 10:00")); return err },
		"TradingDay":   func() error { _, err := cn.TradingDay(at(t, cn, "2027-01-04 10:00")); return err },
		"before":       func() error { _, err := us.Sessions(day(t, "1999-12-31")); return err },
		"after":        func() error { _, err := us.Sessions(day(t, "2029-01-01")); return err },
		"Next before":  func() error { _, err := cn.Next(day(t, "1990-12-03"), -1); return err },
	} {
		err := f()
		var unknown *UnknownDayError
		if !errors.As(err, &unknown) {
			t.Errorf("%s: an UnknownDayError expected, got %v", name, err)
			continue
		}
		if !strings.Contains(err.Error(), "give a file") && !strings.Contains(err.Error(), "give a TOML file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryTimeHasOnePhase checks what the methods say of random times against each other.
func TestEveryTimeHasOnePhase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := Open(rapid.SampledFrom(Names).Draw(t, "calendar"))
		if err != nil {
			t.Fatal(err)
		}
		from := max(c.Known().From, date(2013, time.January, 1)) + 10
		us := rapid.Int64Range(from.At(0, c.zone), (c.Known().To-10).At(0, c.zone)).Draw(t, "us")
		if rapid.Bool().Draw(t, "edge") {
			us = us / (60 * 1e6) * (60 * 1e6)
		}
		d, err := c.TradingDay(us)
		if err != nil {
			t.Fatal(err)
		}
		if later, err := c.TradingDay(us + rapid.Int64Range(0, 1e12).Draw(t, "later")); err == nil && later < d {
			t.Fatalf("a later time belongs to the earlier day %v", later)
		}
		if end := c.DayEnd(us); end <= us {
			t.Fatalf("the day of %d ends at %d", us, end)
		} else if before, err := c.TradingDay(end - 1); err != nil || before != d {
			t.Fatalf("before its end the day is %v (error %v)", before, err)
		}
		sessions, err := c.Sessions(d)
		if err != nil || len(sessions) == 0 {
			t.Fatalf("trading day %v has %d sessions (error %v)", d, len(sessions), err)
		}
		want := Closed
		for i, s := range sessions {
			switch {
			case s.Start <= us && us <= s.Stop && (us < s.Closing || s.Closing == s.Stop):
				want = s.Phase
			case s.Start <= us && us <= s.Stop:
				want = Closing
			case s.Auction <= us && us < s.Start:
				want = Auction
			case i > 0 && sessions[i-1].Stop < us && us < s.Auction && sessions[i-1].Phase != Night:
				want = Break
			}
		}
		if got, err := c.Phase(us); got != want || err != nil {
			t.Fatalf("phase %q (error %v), not %q", got, err, want)
		}
		if next, err := c.Next(d, 3); err != nil {
			t.Fatal(err)
		} else if back, err := c.Next(next, -3); err != nil || back != d {
			t.Fatalf("3 days after and before %v is %v (error %v)", d, back, err)
		}
	})
}
