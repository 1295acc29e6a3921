package bars

import (
	"fmt"
	"time"

	"microts/internal/agg"
	"microts/internal/calendar"
	"microts/internal/expr"
	"microts/internal/tick"
)

// By is what ends a bar.
type By uint8

// What can end a bar: time, or a sum over its ticks.
const (
	ByTime By = iota
	ByQty
	ByAmount
	ByCount
)

// Fill says which bars stand for times without ticks.
type Fill uint8

const (
	FillNone Fill = iota // none
	FillPrev             // bars with the last close as all prices
	FillNaN              // bars with NaN as prices
)

// Options say which bars a Builder makes.
type Options struct {
	// By is what ends a bar: time, unless it says something else.
	By By

	// Width is how long a bar is, in µs, by time. Full days are days of the calendar or
	// zone; with a Calendar nothing longer than one day is possible.
	Width int64

	// Step is the qty, the amount (in the currency) or the number of ticks that ends a
	// bar, for the other kinds of By. A tick is never split: the one that reaches Step is
	// the last of its bar.
	Step float64

	// Calendar gives the sessions in which bars lie. Without one all ticks belong to
	// bars, and bars begin at multiples of Width in Zone.
	Calendar *calendar.Calendar

	// Zone is where a day begins at midnight, without a Calendar. nil is Shanghai.
	Zone *time.Location

	// Fill says which bars stand for times without ticks. It needs By to be ByTime.
	Fill Fill

	// Range is what is filled: all times of it, from the first tick if From is 0, to the
	// last one if To is the end of time. Ticks outside Range count nevertheless. The zero
	// Range is tick.Always.
	Range tick.Range

	// Skip makes the Builder count values that are no tick records in Bars.Skipped,
	// instead of returning an error.
	Skip bool

	// Aggs are further columns.
	Aggs []Agg

	// Check is called after each CheckStep bars with the number of bars so far, unless it is
	// nil. Its error ends the work.
	Check func(bars int) error
}

// Agg is a column that aggregates an expression over the ticks of each bar.
type Agg struct {
	Name string
	Op   agg.Op
	Of   *expr.Expr // over Fields, or the columns of a frame
}

// Fields are the names that the expression of an Agg can use where the Builder reads tick
// records, in their order in a record. The price is in the currency; the side is 1 for buy,
// -1 for sell, 0 for neither.
var Fields = []string{"price", "qty", "channel", "side", "order_no", "tick_no"}

const (
	second  = int64(1e6)
	fullDay = 24 * 60 * 60 * second
)

// ParseWidth reads a length of time: "500us", "1s", "5m", "1h30m", "1d", "1w". The result
// is in µs, above 0.
func ParseWidth(text string) (int64, error) {
	bad := fmt.Errorf(`a length of time such as "1s", "5m", "1h" or "1d" expected, got %q`, text)
	if n := len(text); n > 1 && (text[n-1] == 'd' || text[n-1] == 'w') {
		var days int64
		if _, err := fmt.Sscanf(text[:n-1], "%d", &days); err != nil || fmt.Sprint(days) != text[:n-1] || days < 1 || days > 1e5 {
			return 0, bad
		}
		if text[n-1] == 'w' {
			days *= 7
		}
		return days * fullDay, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Microsecond || d%time.Microsecond != 0 {
		return 0, bad
	}
	return d.Microseconds(), nil
}

func (o *Options) setDefaults() {
	if o.Range == (tick.Range{}) {
		o.Range = tick.Always
	}
	if o.Zone == nil {
		o.Zone = tick.Shanghai
	}
	if o.Calendar != nil {
		o.Zone = o.Calendar.Zone()
	}
}

// grid returns how the bars divide time.
func (o *Options) grid() grid {
	switch {
	case o.Calendar != nil && o.By == ByTime:
		return &sessions{calendar: o.Calendar, width: o.Width}
	case o.Calendar != nil:
		return &sessions{calendar: o.Calendar}
	case o.By == ByTime:
		return &multiples{width: o.Width, zone: o.Zone}
	}
	return everything{}
}

// OptionError says that an option is not possible.
type OptionError struct {
	Option string // "width", "step" or "fill"
	Reason string
}

// Error implements error.
func (e *OptionError) Error() string { return e.Option + ": " + e.Reason }

// Validate returns an *OptionError if an option is not possible.
func (o *Options) Validate() error {
	bad := func(option, format string, args ...any) error {
		return &OptionError{option, fmt.Sprintf(format, args...)}
	}
	const most = 1 << 62
	switch {
	case o.By == ByTime && o.Width <= 0:
		return bad("width", "more than 0 µs expected, got %d", o.Width)
	case o.By == ByTime && o.Calendar != nil && o.Width > fullDay:
		return bad("width", "at most 1d expected with sessions of a calendar, got %v", time.Duration(o.Width)*time.Microsecond)
	case o.By != ByTime && !(o.Step > 0 && o.Step <= most):
		return bad("step", "a number above 0, up to 2^62, expected, got %v", o.Step)
	case o.By != ByTime && o.Fill != FillNone:
		return bad("fill", "only bars by time can be filled")
	}
	return nil
}
