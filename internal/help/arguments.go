package help

import "strings"

// Argument is what functions take under one name.
type Argument struct{ Name, Range string }

// Arguments are those of the functions of micro_ts.
var Arguments = []Argument{
	{"market", "one printable ASCII character: `S` Shanghai/Shenzhen, `H` Hong Kong, `U` US, or any other"},
	{"code", "an integer 0..999999999, or 1 to 9 printable ASCII characters; leading zeros do not count. An exchange may stand with it: in market `S`, `600519`, `\"SH600519\"` and `\"600519.SH\"` are one code. Or a [long code](formats.md#long-codes), such as `\"rb2405.SHFE\"`: 1 to 64 bytes of printable UTF-8"},
	{"ts_us, start_us, end_us", "integer microseconds since 1970, 0 <= us < 2^53. `scan`, `count`, `first`, `last` and `delete_range` read texts too, as `time` does; without an end the range goes on to the beginning or the end of time"},
	{"seq", "integer 0..65535, the order within one microsecond; nil is 0. Of a write also `\"auto\"`: see [Automatic seq](#automatic-seq)"},
	{"value", "a string of at most 65,536 bytes"},
	{"order_no, tick_no", "0..2^53 as a number; larger values are decimal strings, both as arguments and as results"},
	{"price", "integer, in 1/10000 of the currency"},
}

// otherArguments are those that Arguments does not explain, and those that mean something
// else in some functions: "series.from" is from of the functions of series,
// "frame.window.from" that of one function.
var otherArguments = map[string]string{
	"path":      "the folder of the database; of export and write, the file",
	"zone":      "name of a time zone such as \"Asia/Shanghai\" or \"UTC\"",
	"us":        "microseconds since 1970",
	"tick":      "table with the fields price, qty, channel, side (\"B\", \"S\" or \"N\"), order_no, tick_no",
	"rows":      "array of {ts_us, value [, seq]}, or a string of packed rows",
	"symbol":    "name of the instrument, such as \"600000.SH\" or \"SH600000\"",
	"point":     "table with timestamp and value, and if you like quality, volume, channel, side (\"B\", \"S\", \"N\"), order_no, tick_no; seq with V2",
	"points":    "array of points",
	"data_type": "integer 0..255, the kind of the points; nil is 0",
	"timestamp": "time in s, ms or µs; its size, or time_unit, says which",
	"start":     "time as a timestamp, included; nil: no limit",
	"end":       "time as a timestamp, included; nil: no limit",
	"key":       "string of 1 to 256 bytes",
	"cf":        "name of a column family; \"default\" (preset)",
	"prefix":    "how the keys begin",
	"limit":     "number of entries; all (preset)",
	"name":      "name of the column family",
	"list":      "array of {key=, value= [, cf=]} and {op=\"delete\", key= [, cf=]}",
	"qual":      "the end of the key",
	"val":       "string, at most 65,536 bytes",
	"calendar":  "\"cn\", \"cn-futures\", \"hk\", \"us\"; the path of a file; a table:",
	"day":       "text such as \"2023-11-14\", number such as 20231114, or time in µs",
	"first":     "a day, included; nil: the first that the calendar knows",
	"last":      "a day, included; nil: the last that the calendar knows",
	"n":         "integer",
	"opts":      "table of options:",
}

// argumentHelp says what an argument of a function, such as "micro_ts.put", is, or returns
// "".
func argumentHelp(function, name string) string {
	name, _, _ = strings.Cut(name, "=") // without a preset
	of, _, _ := strings.Cut(function, ".")
	for _, scope := range []string{function, of} {
		if own := otherArguments[scope+"."+name]; own != "" {
			return own
		}
	}
	for _, a := range Arguments {
		for _, n := range strings.Split(a.Name, ", ") {
			if n == name {
				return a.Range
			}
		}
	}
	return otherArguments[name]
}

// addArguments adds to otherArguments what another file explains. It panics if an argument
// is explained twice: then the help of some function would be that of another.
func addArguments(more map[string]string) {
	for name, text := range more {
		if otherArguments[name] != "" {
			panic("help: the argument " + name + " is explained twice")
		}
		otherArguments[name] = text
	}
}
