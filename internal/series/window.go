package series

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Window says over which values a Rolling goes.
//
// A statistic of a window leaves out what is NaN. It is NaN itself if fewer than Min values
// are left. So with Min = Rows, the preset, one missing value makes it NaN until that has
// left the window.
type Window struct {
	Rows int   // the last so many rows; 0: those of a time
	Span int64 // µs, of a window of time: the rows less than so much before the last one
	Min  int   // the least number of values; 0: Rows, and 1 of a window of time
}

// MostRows is how many rows a window may have.
const MostRows = math.MaxInt32

// Check returns an error if the window has no meaning.
func (w Window) Check() error {
	switch {
	case w.Rows == 0 && w.Span == 0, w.Rows < 0, w.Span < 0, w.Rows > MostRows:
		return fmt.Errorf("a window of 1 to %d rows or of a time expected, got %s", MostRows, w)
	case w.Min < 0, w.Rows > 0 && w.Min > w.Rows:
		return fmt.Errorf("a least number of values from 1 to %d expected, got %d", max(w.Rows, 1), w.Min)
	}
	return nil
}

// String returns the window in words: "20 rows" or "30s".
func (w Window) String() string {
	if w.Span != 0 {
		return (time.Duration(w.Span) * time.Microsecond).String()
	}
	return strconv.Itoa(w.Rows) + " rows"
}

// least returns Min or its preset.
func (w Window) least() int {
	switch {
	case w.Min > 0:
		return w.Min
	case w.Rows > 0:
		return w.Rows
	}
	return 1
}

// MostSpan is how long a window of time may be: the time that a scan can go over.
const MostSpan = 1 << 53

// ParseSpan reads a time such as "30s", "1h30m" or "1d" and returns it in µs, at least 1.
func ParseSpan(text string) (us int64, err error) {
	wrong := fmt.Errorf(`a time such as "30s", "5m" or "1d" expected, got %q`, text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		const day = 86_400_000_000
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n == 0 || n > MostSpan/day {
			return 0, wrong
		}
		return int64(n) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Microsecond || d%time.Microsecond != 0 {
		return 0, wrong
	}
	return min(d.Microseconds(), MostSpan), nil
}
