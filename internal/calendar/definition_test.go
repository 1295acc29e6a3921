package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write writes files into a new folder and returns the path of the first.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

func TestCalendarOfAFile(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		day   string
		want  string // the sessions of day
		known string
	}{
		{
			"days after the built-in ones",
			[]string{"c.toml", "base = \"cn\"\ndays = [2027-01-04, \"2027-01-05\"]\nto = 2027-01-31\n"},
			"2027-01-05", "am 5 09:30-5 11:30 auction 5 09:15; pm 5 13:00-5 15:00 closing 5 14:57",
			"1990-12-03 2027-01-31",
		},
		{
			"holidays",
			[]string{"c.toml", "base = \"cn\"\nholidays = [2023-11-14]\n"},
			"2023-11-14", "", "1990-12-03 2026-12-31",
		},
		{
			"every day",
			[]string{"c.toml", "zone = \"UTC\"\nweek = \"all\"\nsessions = [\"00:00-24:00\"]\n"},
			"2031-02-01", "open 1 00:00-2 00:00", "1970-01-01 2255-06-05",
		},
		{
			"weekdays without holidays",
			[]string{"c.toml", "zone = \"UTC\"\nweek = \"weekdays\"\nholidays = [2031-02-03]\nsessions = [\"9:00-17:00\"]\nhours = {\"2031-02-04\" = [\"09:00-12:30\"]}"},
			"2031-02-04", "am 4 09:00-4 12:30", "1970-01-01 2255-06-05",
		},
		{
			"a file of days and other hours",
			[]string{"c.toml", "base = \"cn-futures\"\nnight = \"21:00-23:00\"\ndays_file = \"days.txt\"", "days.txt", "2027-01-04\n2027-01-05\n"},
			"2027-01-05", "night 4 21:00-4 23:00; am 5 09:00-5 10:15; am 5 10:30-5 11:30; pm 5 13:30-5 15:00",
			"1990-12-03 2027-01-05",
		},
		{
			"all hours",
			[]string{"c.toml", "zone = \"Asia/Shanghai\"\ndays = [\"2027-01-04\", \"2027-01-05\"]\nsessions = [\"09:30-11:30\", \"13:00-15:15\"]\nauction = \"09:25\"\nclosing = \"15:10\"\nnight = \"20:00-01:00\"\nnight_auction = \"19:55\"\nday_starts = \"19:00\""},
			"2027-01-05", "night 4 20:00-5 01:00 auction 4 19:55; am 5 09:30-5 11:30; pm 5 13:00-5 15:15 closing 5 15:10",
			"2027-01-04 2027-01-05",
		},
		{
			"a list of days",
			[]string{"days.txt", "\xef\xbb\xbf# days\n20230104\n2023-01-03,open\n\n2023-01-04\n"},
			"2023-01-03", "am 3 09:30-3 11:30 auction 3 09:15; pm 3 13:00-3 15:00 closing 3 14:57",
			"2023-01-03 2023-01-04",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Open(write(t, test.files...))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Known().From.String() + " " + c.Known().To.String(); got != test.known {
				t.Errorf("it knows %s, not %s", got, test.known)
			}
			sessions, err := c.Sessions(day(t, test.day))
			if err != nil {
				t.Fatal(err)
			}
			if got := show(c, sessions); got != test.want {
				t.Errorf("the sessions are %s, not %s", got, test.want)
			}
		})
	}
}

func TestBadDefinitions(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"base = \"xx\"", `base: there is no calendar "xx"; there are cn, cn-futures`},
		{"base = \"cm\"", `base: there is no calendar "cm"; did you mean "cn"?`},
		{"zone = \"Asia/Nowhere\"", `zone: the name of a time zone such as "Asia/Shanghai" expected, got "Asia/Nowhere"`},
		{"sessions = [\"09:30-11:30\"]", "zone: the name of a time zone"},
		{"zone = \"UTC\"\nsessions = [\"09:30-11:30\"]", "days: trading days expected"},
		{"zone = \"UTC\"\nweek = \"all\"", "sessions: hours such as"},
		{"zone = \"UTC\"\nweek = \"sometimes\"", `week: "weekdays" or "all" expected, got "sometimes"`},
		{"base = \"cn\"\nweek = \"all\"", "week: not together with days, or with a base that has some"},
		{"base = \"cn\"\ndays = [\"soon\"]", `days: a day such as 2023-11-14 expected, got "soon"`},
		{"base = \"cn\"\ndays = [1]", "a day such as 2023-11-14 expected, got 1"},
		{"base = \"cn\"\nholidays = [\"soon\"]", `holidays: a day such as 2023-11-14 expected, got "soon"`},
		{"base = \"cn\"\nto = \"soon\"", `to: a day such as 2023-11-14 expected, got "soon"`},
		{"base = \"cn\"\nto = \"1990-01-01\"", "to: a day not before 1990-12-03 expected, got 1990-01-01"},
		{"base = \"cn\"\nsession = []", `unknown field "session"; did you mean "sessions"?`},
		{"base = \"cn\"\nsessions = []", "sessions: at least one expected, got none"},
		{"base = \"cn\"\nsessions = [\"9-11\"]", `sessions: hours such as 09:30-11:30 expected, got "9-11"`},
		{"base = \"cn\"\nsessions = [\"09:60-11:00\"]", `sessions: hours such as 09:30-11:30 expected, got "09:60-11:00"`},
		{"base = \"cn\"\nsessions = [\"21:00-02:00\"]", `sessions: hours within a day expected, got "21:00-02:00"`},
		{"base = \"cn\"\nsessions = [\"13:00-15:00\", \"09:30-11:30\"]", `sessions: sessions in their order expected, got "09:30-11:30" after "13:00-15:00"`},
		{"base = \"cn\"\nauction = \"10:00\"", `auction: a time that the sessions allow expected, got "10:00"`},
		{"base = \"cn\"\nauction = \"early\"", `auction: a time of day such as 09:30 expected, got "early"`},
		{"base = \"cn\"\nclosing = \"12:00\"", `closing: a time that the sessions allow expected, got "12:00"`},
		{"base = \"cn\"\nday_starts = \"14:00\"", `day_starts: a time that the sessions allow expected, got "14:00"`},
		{"base = \"cn\"\nnight = \"late\"", `night: hours such as 09:30-11:30 expected, got "late"`},
		{"base = \"cn\"\nnight = \"21:00-10:00\"", "night: hours after day_starts, and before the sessions of the day, expected, got 21:00 to 10:00"},
		{"base = \"cn\"\nnight = \"16:00-17:00\"", `night: hours after day_starts`},
		{"base = \"cn-futures\"\nsessions = [\"01:00-02:00\"]", "night: hours after day_starts"},
		{"base = \"cn-futures\"\nday_starts = \"00:00\"", "night: hours after day_starts"},
		{"base = \"cn-futures\"\nhours = {\"2023-11-14\" = [\"02:00-03:00\"]}", "hours of 2023-11-14: night: hours after day_starts"},
		{"base = \"cn-futures\"\nhours = {\"2023-11-14\" = [\"09:00-19:00\"]}", "hours of 2023-11-14: day_starts: a time after the last session expected, got 18:00"},
		{"base = \"cn\"\nhours = {\"2023-11-14\" = [\"09:30-09:31\"]}", "hours of 2023-11-14: closing: an auction within the last session expected"},
		{"base = \"cn\"\nhours = {\"2023-11-14\" = [\"00:05-09:31\"]}", "hours of 2023-11-14: auction: one on the day expected"},
		{"base = \"cn\"\nnight_auction = \"20:55\"", "night_auction: not without a night"},
		{"base = \"cn\"\nhours = {\"2023-11-11\" = [\"09:30-11:30\"]}", "hours: a trading day expected, got 2023-11-11"},
		{"base = \"cn\"\nhours = {\"2023-11-14\" = []}", "hours of 2023-11-14: at least one expected, got none"},
		{"base = \"cn\"\nhours = {soon = []}", `hours: a day such as 2023-11-14 expected, got "soon"`},
		{"base = \"cn\"\ndays_file = \"missing.txt\"", "days_file: open "},
		{"base = cn", "c.toml:1: "},
	} {
		path := write(t, "c.toml", test.text)
		_, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %q expected, got %v", test.text, test.want, err)
		}
	}
}

func TestBadNamesAndLists(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{"cn-future", `there is no calendar "cn-future"; did you mean "cn-futures"?`},
		{"./missing.txt", "open ./missing.txt: "},
		{"missing.toml", "open missing.toml: "},
		{write(t, "days.txt", "2023-11-03\nsoon\n"), `days.txt:2: a day such as 2023-11-14 expected, got "soon"`},
		{write(t, "days.txt", "# nothing\n"), "days.txt: days such as 2023-11-01 expected, got none"},
	} {
		if _, err := Open(test.path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q expected, got %v", test.path, test.want, err)
		}
	}
}

// TestBuiltInsStayAsTheyAre makes calendars of them and looks at them again.
func TestBuiltInsStayAsTheyAre(t *testing.T) {
	us := open(t, "us")
	half := day(t, "2023-11-24")
	before, err := us.Sessions(half)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New("mine", Definition{Base: "us", Holidays: []Text{"2023-11-24"}, Sessions: []string{"10:00-11:00"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := New("mine", Definition{Base: "us", Hours: map[string][]string{"2023-11-24": {"10:00-11:00"}}}); err != nil {
		t.Fatal(err)
	}
	after, err := us.Sessions(half)
	if err != nil || len(after) != 1 || after[0] != before[0] {
		t.Errorf("the half day is %v (error %v), not %v", after, err, before)
	}
}

func TestOf(t *testing.T) {
	for _, test := range []struct {
		market byte
		code   string
		want   string
	}{
		{'S', "600000", "cn"},
		{'F', "rb2405.SHFE", "cn-futures"},
		{'F', "m2405.dce", "cn-futures"},
		{'F', "IF2405.CFFEX", ""}, // has other hours
		{'H', "700", ""},
		{'X', "BTCUSDT", ""},
	} {
		got := ""
		if c := Of(test.market, test.code); c != nil {
			got = c.Name()
		}
		if got != test.want {
			t.Errorf("%c:%s has calendar %q, not %q", test.market, test.code, got, test.want)
		}
	}
}

func TestParseDay(t *testing.T) {
	for _, text := range []string{"2023-11-14", "20231114"} {
		d, err := ParseDay(text)
		if err != nil || d.String() != "2023-11-14" || d.Year() != 2023 {
			t.Errorf("%s is %v (error %v)", text, d, err)
		}
	}
	for _, text := range []string{"", "2023-1-5", "2023-02-30", "14.11.2023", "2023-11-14 10:00"} {
		if _, err := ParseDay(text); err == nil {
			t.Errorf("%q is a day", text)
		}
	}
	if d := DayOf(time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)); d != -1 {
		t.Errorf("1969-12-31 is day %d, not -1", d)
	}
}

func FuzzDefinition(f *testing.F) {
	f.Add("base = \"cn\"\nnight = \"21:00-02:30\"\nhours = {\"2023-11-14\" = [\"09:30-11:30\"]}")
	f.Add("zone = \"UTC\"\nweek = \"all\"\nsessions = [\"00:00-24:00\"]\nclosing = \"23:00\"\nday_starts = \"24:00\"")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Open(write(t, "c.toml", text))
		if err != nil {
			return
		}
		d, err := c.Next(c.Known().From, 0)
		if err != nil {
			return
		}
		sessions, err := c.Sessions(d)
		if err != nil || len(sessions) == 0 {
			t.Fatalf("%d sessions (error %v)", len(sessions), err)
		}
		last := sessions[0].Auction
		for _, s := range sessions {
			if s.Auction < last || s.Start < s.Auction || s.Stop <= s.Start || s.Closing < s.Start || s.Closing > s.Stop {
				t.Fatalf("sessions %+v", sessions)
			}
			last = s.Stop
		}
	})
}
