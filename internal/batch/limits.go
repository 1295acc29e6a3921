package batch

import (
	"fmt"
	"time"

	"microts/internal/human"
)

// Limits are the limits of a job. A zero field sets no limit of its own.
type Limits struct {
	Timeout time.Duration // of one attempt
	Memory  int64         // bytes
	Retries *int          // attempts after the first one
	Backoff time.Duration // before the first retry; it doubles with each retry
}

// or returns l, with its zero fields taken from preset.
func (l Limits) or(preset Limits) Limits {
	if l.Timeout == 0 {
		l.Timeout = preset.Timeout
	}
	if l.Memory == 0 {
		l.Memory = preset.Memory
	}
	if l.Retries == nil {
		l.Retries = preset.Retries
	}
	if l.Backoff == 0 {
		l.Backoff = preset.Backoff
	}
	return l
}

// set sets a limit, which a header or microts.toml gives by name: value is a
// string or a float64. If no limit has the name, the error suggests one of names.
func (l *Limits) set(name string, value any, names []string) (err error) {
	switch name {
	case "timeout":
		l.Timeout, err = durationLimit(name, value)
	case "backoff":
		l.Backoff, err = durationLimit(name, value)
	case "memory":
		l.Memory, err = memoryLimit(value)
	case "retries":
		number, isNumber := value.(float64)
		n := int(number)
		if !isNumber || float64(n) != number || n < 0 {
			return fmt.Errorf("retries: an integer from 0 on expected, got %v", value)
		}
		l.Retries = &n
	default:
		return unknownName("field", name, names)
	}
	return err
}

// durationLimit reads a duration: a text such as "5m", or a number of seconds.
func durationLimit(name string, value any) (time.Duration, error) {
	text, ok := value.(string)
	if number, isNumber := value.(float64); isNumber {
		text, ok = showValue(number)+"s", true
	}
	d, err := human.ParseDuration(text)
	if !ok || err != nil {
		return 0, fmt.Errorf("%s: a time such as \"90s\" or \"5m\", or seconds, expected, got %v", name, value)
	}
	return d, nil
}

// memoryLimit reads a size: a text such as "512MB", or a number of bytes.
func memoryLimit(value any) (int64, error) {
	text, ok := value.(string)
	if number, isNumber := value.(float64); isNumber {
		text, ok = showValue(number), true
	}
	size, err := human.ParseSize(text)
	if !ok || err != nil {
		return 0, fmt.Errorf("memory: a size such as \"512MB\", or bytes, expected, got %v", value)
	}
	return size, nil
}
