package tick

import (
	"math"
	"slices"
	"strconv"
)

// Unit is the unit of a script's timestamps.
type Unit int

// The units. Auto tells seconds, ms and µs apart by their magnitude.
const (
	Auto Unit = iota
	Seconds
	Milliseconds
	Microseconds
)

var (
	unitNames = []string{Auto: "auto", Seconds: "s", Milliseconds: "ms", Microseconds: "us"}
	unitSizes = []float64{Seconds: 1e6, Milliseconds: 1e3, Microseconds: 1} // in µs
)

// String returns "auto", "s", "ms" or "us".
func (u Unit) String() string { return unitNames[u] }

// ParseUnit reads what String returns. The error is a *RangeError.
func ParseUnit(name string) (Unit, error) {
	if i := slices.Index(unitNames, name); i >= 0 {
		return Unit(i), nil
	}
	return 0, &RangeError{"time_unit", `"s", "ms", "us" or "auto"`, strconv.Quote(name)}
}

// Below these magnitudes a timestamp is in seconds (up to the year 5138) or in
// ms (from March 1973 to the year 5138); above, in µs (from March 1973 on).
const (
	secondsBelow      = 1e11
	millisecondsBelow = 1e14
)

// Resolve returns the unit of a timestamp: u itself or, if u is Auto, the one that the
// magnitude of the timestamp tells. For 0, which is the same in all units, Auto stays.
func (u Unit) Resolve(t float64) Unit {
	switch a := math.Abs(t); {
	case u != Auto || a == 0:
		return u
	case a < secondsBelow:
		return Seconds
	case a < millisecondsBelow:
		return Milliseconds
	}
	return Microseconds
}

// Micros returns a timestamp in µs. It rounds seconds and ms to the nearest µs: seconds
// are exact to the µs up to the year 2242. ok is false unless 0 <= ts < MaxTime, and if
// a timestamp in µs is not whole.
func (u Unit) Micros(t float64) (ts int64, ok bool) {
	if t == 0 {
		return 0, true
	}
	u = u.Resolve(t)
	us := micros(t, unitSizes[u])
	if !(us >= 0 && us < MaxTime) || u == Microseconds && us != t {
		return 0, false
	}
	return int64(us), true
}

// micros returns t units of so many µs, rounded once: the product itself is rounded to
// halves of a µs from the year 2041 on, and to µs from 2112 on.
func micros(t, size float64) float64 {
	p := t * size
	if math.IsInf(p, 0) {
		return p
	}
	whole := math.Floor(p)
	return whole + math.Round(p-whole+math.FMA(t, size, -p))
}

// Clamp is Micros for the ends of ranges. It returns 0 for a timestamp before all time,
// MaxTime-1 for one after, and rounds µs too. u is not Auto.
func (u Unit) Clamp(t float64) int64 {
	return int64(min(max(micros(t, unitSizes[u]), 0), MaxTime-1))
}

// Time returns a time in µs as a timestamp in the unit, which is not Auto.
func (u Unit) Time(ts int64) float64 { return float64(ts) / unitSizes[u] }
