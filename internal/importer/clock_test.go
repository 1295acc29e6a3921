package importer

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

func TestTimes(t *testing.T) {
	const day1 = "2023-11-14 "
	for _, c := range []struct{ text, want string }{
		{"2023-11-14 09:30:00", day1 + "09:30:00.000000"},
		{"2023-11-14T09:30:00.1234567", day1 + "09:30:00.123456"},
		{"2023/11/14 9:30", day1 + "09:30:00.000000"},
		{"2023/1/5 9:30", "2023-01-05 09:30:00.000000"},
		{"2023.11.14", day1 + "00:00:00.000000"},
		{"20231114", day1 + "00:00:00.000000"},
		{"20231114 93000123", day1 + "09:30:00.123000"},
		{"20231114093000", day1 + "09:30:00.000000"},
		{"20231114093000123", day1 + "09:30:00.123000"},
		{"20231114093000.5", day1 + "09:30:00.500000"},
		{"20231114 09:30:00.5", day1 + "09:30:00.500000"},
		{"2023-11-14T01:30:00Z", day1 + "09:30:00.000000"},
		{"2023-11-14T01:30:00.5+00:00", day1 + "09:30:00.500000"},
		{"2023-11-14 10:30:00+0900", day1 + "09:30:00.000000"},
		{"1699925400", day1 + "09:30:00.000000"},
		{"1699925400.5", day1 + "09:30:00.500000"},
		{"1699925400123", day1 + "09:30:00.123000"},
		{"1699925400123.4", day1 + "09:30:00.123400"},
		{"1699925400123456", day1 + "09:30:00.123456"},
		{"1699925400123456789", day1 + "09:30:00.123456"},
	} {
		z := zoneClock{zone: tick.Shanghai}
		us, err := z.read(field([]byte(c.text)))
		if got := tick.FormatTime(us, tick.Shanghai); err != nil || got != c.want {
			t.Errorf("%s is %s and not %s (%v)", c.text, got, c.want, err)
		}
	}
	for _, c := range []struct{ text, err string }{
		{"", "time expected, got nothing"},
		{"09:30:00", `date and time such as "2023-11-14 22:13:20.0001" expected, got "09:30:00"`},
		{"93000", `date and time, or time since 1970, expected, got "93000"`},
		{"now", `date and time such as "2023-11-14 22:13:20.0001" expected, got "now"`},
		{"-5m", `date and time such as "2023-11-14 22:13:20.0001" expected, got "-5m"`},
		{"2023-02-30 09:30:00", `date and time such as "2023-11-14 22:13:20.0001" expected, got "2023-02-30 09:30:00"`},
		{"20230230", "YYYYMMDD expected, got 20230230"},
		{"20231114253000", "YYYYMMDDHHMMSS expected, got 20231114253000"},
		{"noon", `date and time such as "2023-11-14 22:13:20.0001" expected, got "noon"`},
		{"99999999999999999", `time from 1970 to 2255 expected, got "99999999999999999"`},
		{"2300-01-01 09:30", `time from 1970 to 2255 expected`},
	} {
		z := zoneClock{zone: tick.Shanghai}
		if _, err := z.read(field([]byte(c.text))); err == nil || err.Error() != c.err {
			t.Errorf("%q: got %v, not %s", c.text, err, c.err)
		}
	}
}

// TestTimesOfTheZone: the fast way reads what tick.ParseTime does, in zones whose clocks
// are set too.
func TestTimesOfTheZone(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "UTC", "Australia/Lord_Howe", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	layouts := []string{"2006-01-02 15:04:05.000000", "2006/01/02T15:04:05.999", "20060102 150405", "20060102150405", "20060102 15:04"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		z := &zoneClock{zone: zone}
		for range 5 {
			shown := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "time")).UTC()
			if rapid.Bool().Draw(t, "near a change") {
				year, hours := rapid.IntRange(1975, 2035).Draw(t, "year"), rapid.IntRange(0, 366*24).Draw(t, "hours")
				shown = time.Date(year, 1, 1, hours, rapid.SampledFrom([]int{0, 15, 30}).Draw(t, "minute"), 0, 0, time.UTC)
			}
			text := shown.Format(rapid.SampledFrom(layouts).Draw(t, "layout"))
			got, err := z.read(field([]byte(text)))
			want, wantErr := tick.ParseTime(text, zone, time.Time{})
			if (err == nil) != (wantErr == nil) || err == nil && got != want {
				t.Fatalf("%s in %v: %d, %v and not %d, %v", text, zone, got, err, want, wantErr)
			}
			if err == nil {
				year, month, day := time.UnixMicro(got).In(zone).Date()
				if d := z.dayOf(got); d != int64(year)*10000+int64(month)*100+int64(day) {
					t.Fatalf("%s in %v is on %d", text, zone, d)
				}
			}
		}
	})
}

// TestClocks: a time of day in digits is the same as number and as text.
func TestClocks(t *testing.T) {
	for text, want := range map[string]int64{
		"93000": 34200e6, "093000": 34200e6, "93000123": 34200123e3, "093000123": 34200123e3, "930": 34200e6, "1500": 54000e6,
		"150000": 54000e6, "93000123456": 34200123456, "150000123": 54000123e3, "093000123456789": 34200123456,
	} {
		got, rest, ok := parseClock([]byte(text))
		if !ok || len(rest) > 0 || got != want {
			t.Errorf("the text %s is %d µs and not %d", text, got, want)
		}
		n, _ := strconv.ParseInt(text, 10, 64)
		if got, ok := clockOf(n); !ok || got != want {
			t.Errorf("the number %s is %d µs and not %d", text, got, want)
		}
	}
	for _, text := range []string{"", "x", "9", "95", "246000", "9:3", "09:60", "25:00", "9300012", "1234567890"} {
		if us, rest, ok := parseClock([]byte(text)); ok && len(rest) == 0 {
			t.Errorf("%q is %d µs", text, us)
		}
	}
}

// FuzzTimes: no text panics, and each time is one.
func FuzzTimes(f *testing.F) {
	for _, text := range []string{"2023-11-14 09:30:00.5", "20231114093000123", "1699925400.5", "2023/1/5 9:30", "93000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		z := zoneClock{zone: tick.Shanghai}
		c := field([]byte(text))
		if us, err := z.read(c); err == nil && (us < 0 || us >= tick.MaxTime) {
			t.Errorf("%q is %d µs", text, us)
		}
		if us, err := readClock(c); err == nil && (us < 0 || us >= oneDay) {
			t.Errorf("%q is %d µs of a day", text, us)
		}
		_, _ = readDate(c)
	})
}
