package tick

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	now := time.Date(2023, 11, 15, 6, 13, 20, 100_000, Shanghai) // 1700000000.0001
	const us = 1_700_000_000_000_100
	for text, want := range map[string]int64{
		"now":                            us,
		"2023-11-15 06:13:20.0001":       us,
		" 2023-11-15T06:13:20.0001 ":     us,
		"2023-11-14T22:13:20.0001Z":      us,
		"2023-11-15T07:13:20.0001+09:00": us,
		"2023-11-15":                     1_699_977_600_000_000,
		"20231115":                       1_699_977_600_000_000,
		"20231115061320":                 us - 100,
		"06:13:20.0001":                  us,
		"06:13":                          us - 20_000_100,
		"-5m":                            us - 300_000_000,
		"-1h30m":                         us - 5_400_000_000,
		"+10s":                           us + 10_000_000,
		"1700000000000100":               us,
		"0":                              0,
		"soon":                           -1,
		"":                               -1,
		"5m":                             -1,
		"-5":                             -1,
		"2300-01-01":                     -1,
		"2023-13-01":                     -1,
		"9007199254740992":               -1,
	} {
		got, err := ParseTime(text, Shanghai, now)
		if want < 0 && err == nil || want >= 0 && (got != want || err != nil) {
			t.Errorf("%q is %d, not %d, %v", text, got, want, err)
		}
	}
	if got := FormatTime(us, time.UTC); got != "2023-11-14 22:13:20.000100" {
		t.Error(got)
	}
}
