package tick

import "fmt"

// RangeError is returned when an argument is not in its range.
type RangeError struct {
	Name string // the argument: "market", "code", "ts_us", "seq", "value", "key"
	Want string // what is in its range
	Got  string // the argument
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("%s: %s expected, got %s", e.Name, e.Want, e.Got)
}
