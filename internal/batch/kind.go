package batch

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Kind is the narrowest type that all values of a column have.
type Kind string

// The kinds. Those of one family go together in a column: a column of Whole and Float
// is Float, one of Day and Text is Text.
const (
	NoKind Kind = ""       // no values
	Bool   Kind = "bool"   //
	Micros Kind = "micros" // whole numbers that may be times: µs since 1970, from 2000 to 2100
	Int    Kind = "int"    // whole numbers up to 2^53
	Float  Kind = "float"  // other numbers
	Day    Kind = "day"    // texts such as 2023-11-13
	Moment Kind = "moment" // texts such as 2023-11-13 09:30:00.070000
	Text   Kind = "text"   // other texts
)

// families are the kinds that go together, from narrow to wide.
var families = [][]Kind{{Bool}, {Micros, Int, Float}, {Day, Text}, {Moment, Text}}

// family returns the type of Lua that the values of a kind have.
func (k Kind) family() string {
	switch k {
	case Bool:
		return "boolean"
	case Micros, Int, Float:
		return "number"
	case Day, Moment, Text:
		return "string"
	}
	return "nil"
}

// join returns the kind of a column of both kinds; ok is false if they are of
// different families.
func (k Kind) join(other Kind) (joined Kind, ok bool) {
	switch {
	case k == other || other == NoKind:
		return k, true
	case k == NoKind:
		return other, true
	case k.family() != other.family():
		return k, false
	}
	for _, family := range families {
		a, b := slices.Index(family, k), slices.Index(family, other)
		if a >= 0 && b >= 0 {
			return family[max(a, b)], true
		}
	}
	return Text, true // Day and Moment
}

// The times of Micros, in µs.
var (
	firstMicros = float64(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	endMicros   = float64(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
)

// kindOfNumber returns the kind of a number.
func kindOfNumber(f float64) Kind {
	const exact = 1 << 53
	switch {
	case f != math.Trunc(f) || math.Abs(f) > exact:
		return Float
	case firstMicros <= f && f < endMicros:
		return Micros
	}
	return Int
}

// kindOfText returns the kind of a text.
func kindOfText(text string) Kind {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return Text
	}
	if len(text) == len(time.DateOnly) {
		if _, err := time.Parse(time.DateOnly, text); err == nil {
			return Day
		}
	} else if _, err := parseMoment(text, time.UTC); err == nil {
		return Moment
	}
	return Text
}

// parseMoment reads a text of the kind Moment, which has up to six digits after the
// second.
func parseMoment(text string, zone *time.Location) (time.Time, error) {
	const most = len("2006-01-02 15:04:05.000000")
	if len(text) > most {
		text = "" // no time
	}
	return time.ParseInLocation(time.DateTime, text, zone) // reads fractions too
}

// kindOf returns the kind of the value of a parameter.
func kindOf(v any) Kind {
	switch v := v.(type) {
	case bool:
		return Bool
	case string:
		return kindOfText(v)
	case float64:
		return kindOfNumber(v)
	}
	return NoKind // nil
}

// Type returns the type of a column with this name, as files of results have it:
// "BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR", "DATE" or "TIMESTAMP". Whole numbers are
// times if the name says so. Codes are texts, so that files with and without leading
// zeros agree.
func (k Kind) Type(name string) string {
	switch {
	case k == Bool:
		return "BOOLEAN"
	case (k == Int || k == Micros) && isCode(name):
		return "VARCHAR"
	case k == Micros && isTime(name):
		return "TIMESTAMP"
	case k == Int || k == Micros:
		return "BIGINT"
	case k == Float:
		return "DOUBLE"
	case k == Day:
		return "DATE"
	case k == Moment:
		return "TIMESTAMP"
	}
	return "VARCHAR"
}

func isCode(name string) bool { return lastWord(name) == "code" || lastWord(name) == "symbol" }

func isTime(name string) bool {
	return slices.Contains([]string{"time", "timestamp", "ts", "us", "at", "start", "stop"}, lastWord(name))
}

// lastWord returns what stands after the last "_", in lower case.
func lastWord(name string) string {
	return strings.ToLower(name[strings.LastIndexByte(name, '_')+1:])
}
