package human

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Seconds shows s seconds, s >= 0, in three digits below a minute ("1.23 ms",
// "45.6 s") and in whole seconds from there on ("12m34s").
func Seconds(s float64) string {
	switch {
	case s < 0.9995: // what "%.3g" does not round up to 1000 ms
		return fmt.Sprintf("%.3g ms", s*1000)
	case s < 60:
		return fmt.Sprintf("%.3g s", s)
	}
	return (time.Duration(s+0.5) * time.Second).String()
}

// Milliseconds shows d in ms with three decimals: "1.234 ms".
func Milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(d.Microseconds())/1000)
}

// Span shows d >= 0 with one decimal, in ms, s or min: "12.5 ms", "3.0 s", "1.5 min".
func Span(d time.Duration) string {
	us := float64(d.Microseconds())
	tenths := func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
	switch {
	case d >= time.Minute:
		return tenths(us/60e6) + " min"
	case d >= time.Second:
		return tenths(us/1e6) + " s"
	}
	return tenths(us/1e3) + " ms"
}

// Clock shows d >= 0 in whole seconds as a clock does: "0:05", "59:59", "1:02:03".
func Clock(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// ParseDuration reads a positive duration such as "90s", "5m" or "1h30m".
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("a time such as 90s or 5m expected, got %q", text)
	}
	return d, nil
}

// ParseAge reads a positive duration as ParseDuration does, or one in days: "30d".
func ParseAge(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && 0 < n && n <= int(math.MaxInt64/day) {
			return time.Duration(n) * day, nil
		}
	} else if d, err := ParseDuration(text); err == nil {
		return d, nil
	}
	return 0, fmt.Errorf("a time such as 30d or 12h expected, got %q", text)
}
