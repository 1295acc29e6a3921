package tick

import "fmt"

// RangeError is returned when an argument has a value outside its range.
type RangeError struct {
	Name string // the argument: "market", "code", "ts_us", "seq", "value", "key"
	Want string // what was expected
	Got  string // what came
}

func (e *RangeError) Error() string {
	return fmt.Sprintf("%s: %s expected, got %s", e.Name, e.Want, e.Got)
}
