package human

import (
	"testing"
	"time"
)

func TestSeconds(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		want    string
	}{
		{0, "0 ms"},
		{0.000_001_234, "0.00123 ms"},
		{0.001_234, "1.23 ms"},
		{0.9994, "999 ms"},
		{0.9995, "1 s"},
		{1, "1 s"},
		{45.64, "45.6 s"},
		{59.99, "60 s"},
		{60, "1m0s"},
		{89.5, "1m30s"},
		{754, "12m34s"},
		{3723, "1h2m3s"},
	} {
		if got := Seconds(c.seconds); got != c.want {
			t.Errorf("%v: %s, not %s", c.seconds, got, c.want)
		}
	}
}

func TestDurations(t *testing.T) {
	for _, c := range []struct {
		d                         time.Duration
		milliseconds, span, clock string
	}{
		{0, "0.000 ms", "0.0 ms", "0:00"},
		{1500 * time.Nanosecond, "0.001 ms", "0.0 ms", "0:00"},
		{12_500 * time.Microsecond, "12.500 ms", "12.5 ms", "0:00"},
		{999_960 * time.Microsecond, "999.960 ms", "1000.0 ms", "0:01"},
		{time.Second, "1000.000 ms", "1.0 s", "0:01"},
		{59_960 * time.Millisecond, "59960.000 ms", "60.0 s", "1:00"},
		{90 * time.Second, "90000.000 ms", "1.5 min", "1:30"},
		{59*time.Minute + 59*time.Second, "3599000.000 ms", "60.0 min", "59:59"},
		{time.Hour, "3600000.000 ms", "60.0 min", "1:00:00"},
		{time.Hour + 2*time.Minute + 3*time.Second, "3723000.000 ms", "62.0 min", "1:02:03"},
		{100 * time.Hour, "360000000.000 ms", "6000.0 min", "100:00:00"},
	} {
		if got := Milliseconds(c.d); got != c.milliseconds {
			t.Errorf("Milliseconds(%v): %s, not %s", c.d, got, c.milliseconds)
		}
		if got := Span(c.d); got != c.span {
			t.Errorf("Span(%v): %s, not %s", c.d, got, c.span)
		}
		if got := Clock(c.d); got != c.clock {
			t.Errorf("Clock(%v): %s, not %s", c.d, got, c.clock)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
	}{
		{"90s", 90 * time.Second},
		{"5m", 5 * time.Minute},
		{"1h30m", 90 * time.Minute},
		{"0.5s", time.Second / 2},
		{"1ns", 1},
	} {
		if got, err := ParseDuration(c.text); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"", "0", "0s", "-1s", "90", "soon"} {
		_, err := ParseDuration(text)
		if want := `a time such as 90s or 5m expected, got "` + text + `"`; err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseAge(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
	}{
		{"30d", 720 * time.Hour},
		{"1d", 24 * time.Hour},
		{"12h", 12 * time.Hour},
		{"90s", 90 * time.Second},
	} {
		if got, err := ParseAge(c.text); err != nil || got != c.want {
			t.Errorf("%s: %v, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"", "d", "0d", "-1d", "1.5d", "999999999d", "30", "1d12h", "soon"} {
		_, err := ParseAge(text)
		if want := `a time such as 30d or 12h expected, got "` + text + `"`; err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMiB(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		want  string
	}{
		{0, "0 MiB"}, {1 << 19, "0 MiB"}, {3 << 19, "2 MiB"}, {64 << 20, "64 MiB"}, {1 << 40, "1048576 MiB"},
	} {
		if got := MiB(c.bytes); got != c.want {
			t.Errorf("%d: %s, not %s", c.bytes, got, c.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{
		{"1", 1},
		{"7b", 7},
		{"1.5k", 1536},
		{"512MB", 512 << 20},
		{"3 M", 3 << 20},
		{" 2GiB ", 2 << 30},
		{"1T", 1 << 40},
	} {
		if got, err := ParseSize(c.text); err != nil || got != c.want {
			t.Errorf("%s: %d, %v", c.text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "MB", "1XB", "0.1", "1e30", "nan", "inf"} {
		_, err := ParseSize(text)
		if want := `a size such as 512MB or 2GiB expected, got "` + text + `"`; err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{
		{0, "0 jobs"}, {1, "1 job"}, {2, "2 jobs"}, {1_000_000, "1000000 jobs"},
	} {
		if got := Count(c.n, "job"); got != c.want {
			t.Errorf("%d: %s, not %s", c.n, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{
		{0, "0"},
		{0.5, "0.5"},
		{123.456, "123.5"},
		{9999, "9999"},
		{10_000, "10k"},
		{123_456, "123k"},
		{1_234_567, "1.23M"},
		{4.5e9, "4.5G"},
	} {
		if got := Number(c.f); got != c.want {
			t.Errorf("%v: %s, not %s", c.f, got, c.want)
		}
	}
}
