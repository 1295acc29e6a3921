package tick

import (
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2023, 11, 15, 6, 13, 20, 100_000, Shanghai) // 1700000000.0001
	const us = 1_700_000_000_000_100
	const minute, second = us - 20_000_100, us - 100 // us at the last full ones
	for text, want := range map[string]int64{
		"now": us,

		"2023-11-15 06:13:20.0001":       us,
		" 2023-11-15T06:13:20.0001 ":     us,
		"2023-11-15t06:13:20,000100999":  us,
		"2023-11-15   6:13:20.0001":      us,
		"2023/11/15 06:13:20.0001":       us,
		"2023/11/15 6:13":                minute,
		"2023.11.15 06:13":               minute,
		"2023-11-15 06:13:20":            second,
		"20231115 06:13:20.0001":         us,
		"20231115 6:13":                  minute,
		"20231115 061320.0001":           us,
		"20231115 61320":                 second,
		"20231115 061320000":             second,
		"20231115 61320000":              second,
		"20231115 061320000100":          us,
		"20231115 061320000100000":       us,
		"20231115 0613":                  minute,
		"20231115 613":                   minute,
		"20231115T061320.0001":           us,
		"20231115061320":                 second,
		"20231115061320000":              second,
		"20231115061320070":              second + 70_000,
		"20231115061320000100":           us,
		"20231115061320000100999":        us,
		"20231115061320.0001":            us,
		"2023-11-14T22:13:20.0001Z":      us,
		"2023-11-14 22:13:20.0001 UTC":   us,
		"20231114T221320Z":               second,
		"20231114221320000Z":             second,
		"2023-11-15T07:13:20.0001+09:00": us,
		"2023-11-15 07:13:20.0001 +0900": us,
		"2023-11-15 07:13+09":            minute,
		"2023-11-14 20:43:20.0001-01:30": us,

		"2023-11-15":       1_699_977_600_000_000,
		"2023/11/15":       1_699_977_600_000_000,
		"20231115":         1_699_977_600_000_000,
		"2024-2-29":        1_709_136_000_000_000,
		"1970-01-01 08:00": 0,

		"06:13:20.0001": us,
		"06:13":         minute,
		"6:13":          minute,
		"-5m":           us - 300_000_000,
		"-1h30m":        us - 5_400_000_000,
		"+10s":          us + 10_000_000,

		"1700000000000100": us,
		"0":                0,
		"20231315":         20_231_315, // no date

		"": -1, "  ": -1, "soon": -1, "5m": -1, "-5": -1, "+5": -1, "-": -1,
		"2023": 2023, "2023-11": -1, "2023-": -1, "2023-11-": -1, "2023-11/15": -1, "23-11-15": -1, "2023-011-15": -1,
		"2023-13-01": -1, "2023-02-29": -1, "2023-00-01": -1, "2023-11-00": -1,
		"2023-11-15 ": 1_699_977_600_000_000, "2023-11-15T": -1, "2023-11-15x": -1, "2023-11-15Z": -1,
		"2023-11-15 24:00": -1, "2023-11-15 23:60": -1, "2023-11-15 23:59:60": -1, "2023-11-15 06": -1, "2023-11-15 6:1": -1,
		"2023-11-15 06:13:20.": -1, "2023-11-15 06:13:2": -1, "2023-11-15 06:13.5": -1, "2023-11-15 06:13:20:00": -1,
		"20231115 0613200": -1, "20231115 0613200001": -1, "202311150613200": 202_311_150_613_200,
		"2023-11-15 06:13 +24:00": -1, "2023-11-15 06:13 +08:60": -1, "2023-11-15 06:13 +8": -1, "2023-11-15 06:13 CST": -1, "06:13Z": -1,
		"1969-12-31": -1, "2300-01-01": -1, "9007199254740992": -1, "99999999999999999999": -1,
	} {
		got, err := ParseTime(text, Shanghai, now)
		if want < 0 && err == nil || want >= 0 && (got != want || err != nil) {
			t.Errorf("%q is %d, not %d, %v", text, got, want, err)
		}
	}
}

// TestParseTimeInEveryZone: a time that clocks never show or show twice is an error that
// says so, and the offsets that it names are read. The first moment of a day always is one
// time.
func TestParseTimeInEveryZone(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		{"America/New_York", "2023-03-12 02:30", "the clocks of America/New_York never show 2023-03-12 02:30:00: time with an offset such as +08:00 expected"},
		{"America/New_York", "2023-11-05 01:30", "the clocks of America/New_York show 2023-11-05 01:30:00 twice: time with an offset, -04:00 or -05:00, expected"},
		{"America/New_York", "2023-11-05 01:30 -04:00", "2023-11-05 05:30:00.000000"},
		{"America/New_York", "2023-11-05 01:30 -05:00", "2023-11-05 06:30:00.000000"},
		{"America/New_York", "2023-03-12 01:59:59.999999", "2023-03-12 06:59:59.999999"},
		{"America/New_York", "2023-03-12 03:00", "2023-03-12 07:00:00.000000"},
		{"America/New_York", "2023-11-05 00:59:59", "2023-11-05 04:59:59.000000"},
		{"America/New_York", "2023-11-05 02:00", "2023-11-05 07:00:00.000000"},
		{"Europe/London", "2023-03-26 01:30", "never show"},
		{"Europe/London", "2023-10-29 01:30", "twice"},
		{"Australia/Sydney", "2023-10-01 02:30", "never show"},
		{"Australia/Sydney", "2023-04-02 02:30", "twice"},
		{"Australia/Lord_Howe", "2023-10-01 02:15", "never show"}, // by half an hour
		{"Asia/Shanghai", "1988-04-17 02:30", "never show"},
		{"Asia/Shanghai", "1988-09-11 01:30", "twice"},
		{"Asia/Shanghai", "2023-11-05 01:30", "2023-11-04 17:30:00.000000"},
		{"Africa/Cairo", "2023-04-28", "2023-04-27 22:00:00.000000"}, // begins at 01:00
		{"Africa/Cairo", "2023-04-28 00:30", "never show"},
		{"America/Havana", "2023-11-05", "2023-11-05 04:00:00.000000"}, // 00:00 comes twice
		{"America/Havana", "2023-11-05 00:00", "twice"},
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18 03:00:00.000000"}, // after 23:00 came twice
		{"Pacific/Apia", "2011-12-30 12:00", "never show"},                // a day that was left out
		{"Pacific/Apia", "2011-12-30", "2011-12-30 10:00:00.000000"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		us, err := ParseTime(c.text, zone, time.Now())
		got := FormatTime(us, time.UTC)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s in %s: %s, not %s", c.text, c.zone, got, c.want)
		}
	}
}

// TestParseTimeReadsWhatFormatTimeShows, or says that clocks show it twice.
func TestParseTimeReadsWhatFormatTimeShows(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		const step = 1_234_567_891_234 // µs, about two weeks
		twice := 0
		for us := int64(0); us < 2_500_000_000_000_000; us += step {
			got, err := ParseTime(FormatTime(us, zone), zone, time.Now())
			switch {
			case err != nil && strings.Contains(err.Error(), "twice"):
				twice++
			case err != nil || got != us:
				t.Fatalf("%s: %s is %d, not %d, %v", name, FormatTime(us, zone), got, us, err)
			}
		}
		if twice > 10 {
			t.Errorf("%s: %d times are shown twice", name, twice)
		}
	}
}

func TestFormatTime(t *testing.T) {
	if got := FormatTime(1_700_000_000_000_100, time.UTC); got != "2023-11-14 22:13:20.000100" {
		t.Error(got)
	}
}

// FuzzParseTime: every text is a time from 1970 to 2255, or an error.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"2023-11-14T22:13:20.0001+08:00", "20231114 93000070", "20231114221320000", "22:13", "-5m", "now", "1700000000000100", "2023/1/5 9:30 Z"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		us, err := ParseTime(text, Shanghai, time.UnixMicro(1_700_000_000_000_100))
		if err == nil && CheckTime("time", us) != nil {
			t.Errorf("%q is %d", text, us)
		}
		if err != nil && us != 0 {
			t.Errorf("%q is %d with the error %v", text, us, err)
		}
	})
}

func BenchmarkParseTime(b *testing.B) {
	for _, text := range []string{"2023-11-14 22:13:20.000100", "20231114221320000", "1700000000000100"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseTime(text, Shanghai, time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
