package help

import "strings"

// Option is a field of a table of options.
type Option struct {
	Of     string // what takes the table: "ts.open, storage engines"
	Name   string
	Values string // what it may be, and what it is if it is not given
	Help   string // sentences, in Markdown

	functions []string // full names of the functions that take it
}

var (
	openers       = []string{"micro_ts.open", "engine.new"}
	opener        = []string{"micro_ts.open"}
	sealer        = []string{"micro_ts.seal"}
	csvUsers      = []string{"csv.parse", "csv.lines", "csv.encode"}
	engineMaker   = []string{"engine.new"}
	writers       = []string{"micro_ts.put_many", "engine.write_points"}
	scanner       = []string{"micro_ts.scan"}
	calendarMaker = []string{"micro_ts.calendar"}
	bufferMaker   = []string{"string.buffer.new"}
)

// headerOptions is Option.Of of the fields of a script's header.
const headerOptions = "a script's header, for microts batch"

// Options are the options of functions and of the header of scripts. Those of RocksDB
// are in store.
var Options = []Option{
	{"ts.open and the storage engines", "mode", `"rw" (preset) or "r"`, "`\"r\"` opens the database read-only; another process may write to it.", openers},
	{"ts.open and the storage engines", "durability", `"process" (preset), "sync" or "none"`, "What a put survives: `process` the death of the process, `sync` a power failure too, `none` nothing until a flush.", openers},
	{"ts.open", "archive", "URL; none (preset)", "The database is read as one with this archive: what is sealed there comes from there.", opener},
	{"ts.open", "cache", "path of a folder; none (preset)", "What is read from the archive is kept there, for all processes of the machine.", opener},
	{"ts.open", "cache_size", `bytes, or a size such as "20GB"; 16 GiB (preset)`, "The cache keeps so much: what was not used for longest is deleted.", opener},
	{"ts.open", "timeout", `seconds, or a duration such as "30s"; 2 minutes (preset)`, "A read of the archive that takes longer with all its attempts is an error, which `batch` retries. Each MiB adds a second.", opener},
	{"ts.open", "request_timeout", `seconds, or a duration; 20 seconds (preset)`, "A request that moves no byte for so long is given up, and tried again.", opener},
	{"ts.open", "revision", "number; the latest (preset)", "Each day of the archive is read in this revision.", opener},
	{"ts.open", "as_of", "time, or µs; now (preset)", "The archive is read as it was at this time, by the clock of its store.", opener},
	{"ts.seal", "to", "URL", "The archive. It need not be given if the handle has one.", sealer},
	{"ts.seal", "market", "one character; all (preset)", "The days of this market are sealed.", sealer},
	{"ts.seal", "date", `date such as "2026-11-24"`, "This day is sealed.", sealer},
	{"ts.seal", "before", `date such as "2026-11-24"`, "All days before this one are sealed.", sealer},
	{"ts.seal", "revise", `"merge" or "replace"; an error (preset)`, "What becomes of a day that is sealed with other ticks: a new revision with those of the database over the sealed ones, or with those of the database alone.", sealer},
	{"ts.seal", "zone", `name; "Asia/Shanghai" (preset)`, "The time zone of the days of a new archive.", sealer},
	{"ts.seal", "day_starts", `time such as "21:00"; "00:00" (preset)`, "When the days of a new archive begin. From 12:00 on, it is a time of the evening before.", sealer},
	{"ts.scan", "limit", "number of ticks; all (preset)", "The scan ends after so many ticks.", scanner},
	{"ts.scan", "reverse", "true or false (preset)", "The scan goes from the last tick to the first.", scanner},
	{"the storage engines' new", "data_dir", "path", "The folder of the database. It must be given.", engineMaker},
	{"the storage engines' new", "time_unit", `"s", "ms", "us" or "auto" (preset)`, "The unit of the times of points. `auto` tells it from the size of a time.", engineMaker},
	{"the storage engines' new", "version", `"v1" or "v2"`, "It must be the version of the storage engine.", engineMaker},
	{"the storage engines' new", "compression_type", "0 to 7, or a name such as lz4_compression", "How RocksDB compresses table files; `compression` is the same.", engineMaker},
	{"put_many and write_points", "seq", `"auto"; the seqs of the rows (preset)`, "Each row gets the next free seq of its time, and replaces none.", writers},
	{"put_many and write_points", "count_overwritten", "true or false (preset)", "The second result counts rows of the database that were replaced too, which takes a read each.", writers},
	{"csv", "separator", "one character; a comma (preset)", "What separates fields.", csvUsers},
	{"csv", "header", "true or false", "Of a reader: the first line names the columns; false if it is not given. Of `encode`: a line of all names comes first; true for rows with names if it is not given.", csvUsers},
	{"csv", "columns", "list of names", "The names of the columns, in their order.", csvUsers},
	{"csv", "encoding", `"gbk" or "gb18030"; bytes as they are (preset)`, "The text is read and written in this encoding, and is UTF-8 in the script.", csvUsers},
	{"ts.calendar", "base", `"cn", "cn-futures", "hk" or "us"`, "The calendar whose zone, hours and days hold where the table says nothing else.", calendarMaker},
	{"ts.calendar", "zone", "name of a time zone", "The zone of days and hours.", calendarMaker},
	{"ts.calendar", "days", "list of days", "Trading days, in addition to those of `base`.", calendarMaker},
	{"ts.calendar", "days_file", "path of a file", "The same, one at the beginning of each line.", calendarMaker},
	{"ts.calendar", "week", `"weekdays" or "all"`, "Monday to Friday, or each day, is a trading day.", calendarMaker},
	{"ts.calendar", "holidays", "list of days", "They are no trading days.", calendarMaker},
	{"ts.calendar", "from", "day", "The first day that the calendar knows; the first of its days (preset).", calendarMaker},
	{"ts.calendar", "to", "day", "The last day that the calendar knows; the last of its days (preset).", calendarMaker},
	{"ts.calendar", "sessions", `list of hours such as "09:30-11:30"`, "The sessions of a day.", calendarMaker},
	{"ts.calendar", "auction", `time such as "09:15"`, "When the auction before the first session begins.", calendarMaker},
	{"ts.calendar", "closing", `time such as "14:57"`, "When the auction at the end of the last session begins.", calendarMaker},
	{"ts.calendar", "night", `hours such as "21:00-02:30"`, "The session in the evening before a trading day. There is none after a holiday.", calendarMaker},
	{"ts.calendar", "night_auction", `time such as "20:55"`, "When the auction before the night session begins.", calendarMaker},
	{"ts.calendar", "day_starts", `time; "18:00" with a night session, otherwise midnight (preset)`, "When, in the evening, the next trading day begins.", calendarMaker},
	{"ts.calendar", "hours", "table of sessions by day", "The sessions of single days, such as half days.", calendarMaker},
	{"string.buffer", "dict", "list of strings", "Keys that serialized tables hold as numbers.", bufferMaker},
	{"string.buffer", "metatable", "list of tables", "Metatables that serialized tables hold as numbers.", bufferMaker},
	{headerOptions, "name", "text; the name of the file (preset)", "The name of the jobs.", nil},
	{headerOptions, "needs", "list of scripts", "Scripts that run before, by path, file or name.", nil},
	{headerOptions, "timeout", `duration such as "90s" or "5m"`, "An attempt that takes longer is stopped.", nil},
	{headerOptions, "memory", `size such as "512MB"`, "A job that uses more memory is stopped.", nil},
	{headerOptions, "retries", "number; 0 (preset)", "How often a job is tried again after an error marked retryable.", nil},
	{headerOptions, "backoff", `duration; "1s" (preset)`, "The wait before the first retry. It doubles before each further one.", nil},
	{headerOptions, "params", "table of lists", "The jobs run with each combination of the values.", nil},
}

// optionsOf returns the options of a function, by its full name.
func optionsOf(function string) (terms []Term) {
	for _, o := range Options {
		for _, f := range o.functions {
			if f == function {
				terms = append(terms, Term{o.Name, strings.TrimSuffix(o.Values, ".") + ". " + o.Help})
			}
		}
	}
	return terms
}
