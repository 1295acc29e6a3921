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
	openers     = []string{"micro_ts.open", "engine.new"}
	csvUsers    = []string{"csv.parse", "csv.lines", "csv.encode"}
	engineMaker = []string{"engine.new"}
	writers     = []string{"micro_ts.put_many", "engine.write_points"}
	scanner     = []string{"micro_ts.scan"}
	ticksReader = []string{"micro_ts.ticks"}
	fieldUsers  = []string{"micro_ts.scan", "micro_ts.ticks", "micro_ts.merge"}
	barMakers   = []string{"micro_ts.bars", "frame.bars"}
	joins       = []string{"frame.asof", "frame.window"}
	asofJoin    = []string{"frame.asof"}
	bufferMaker = []string{"string.buffer.new"}
)

// headerOptions is Option.Of of the fields of a script's header.
const headerOptions = "a script's header, for microts batch"

// Options are the options of functions and of the header of scripts. Those of RocksDB
// are in store.
var Options = []Option{
	{"ts.open and the storage engines", "mode", `"rw" (preset) or "r"`, "`\"r\"` opens the database read-only; another process may write to it.", openers},
	{"ts.open and the storage engines", "durability", `"process" (preset), "sync" or "none"`, "What a put survives: `process` the death of the process, `sync` a power failure too, `none` nothing until a flush.", openers},
	{"ts.scan", "limit", "number of ticks; all (preset)", "The scan ends after so many ticks.", scanner},
	{"ts.scan", "reverse", "true or false (preset)", "The scan goes from the last tick to the first.", scanner},
	{"ticks, scan and merge", "fields", `names such as "price,qty", or an array; all (preset of ticks)`, "The fields of tick records that are read: price qty side channel order_no tick_no, and seq.", fieldUsers},
	{"ticks, scan and merge", "skip", "true or false (preset)", "Ticks whose values do not fit are left out; without it such a tick is an error. A frame has their number in `skipped`.", fieldUsers},
	{"ticks", "layout", `fields such as "price:>i4/10000 qty:>I4"`, "How values other than tick records are laid out: a name and a format of `string.pack` for each field, and what a number is divided by.", ticksReader},
	{"at and asof", "within", `duration such as "3s", or µs; no limit (preset)`, "How far the times may be apart.", []string{"micro_ts.at", "frame.asof"}},
	{"bars", "session", `name or file of a calendar, or false; that of the market (preset)`, "The sessions in which bars lie: the last bar of a session includes its end, the first one the auction before it. `false`: bars lie on multiples of the width.", barMakers},
	{"bars", "fill", `"none" (preset), "prev" or "nan"`, "Bars for times without ticks: none, with the price of the last close, or without prices.", barMakers},
	{"bars", "by", `"time" (preset), "qty", "amount" or "count"`, "What ends a bar: time, or how much was traded.", barMakers},
	{"bars", "agg", `table such as {buys = {"sum", "qty * (side > 0)"}}`, "More columns: aggregates of fields or of expressions of fields.", barMakers},
	{"bars", "zone", "name of a time zone; that of the script (preset)", "Where a day begins at midnight, without sessions.", barMakers},
	{"bars", "skip", "true or false (preset)", "Values that are no tick records are left out.", barMakers},
	{"asof", "strict", "true or false (preset)", "Rows of the same time do not count.", asofJoin},
	{"asof", "direction", `"back" (preset), "forward" or "nearest"`, "On which side of the time the other row is.", asofJoin},
	{"asof", "suffix", `text; "_r" (preset)`, "What is put behind the names of columns that both frames have.", asofJoin},
	{"asof and window", "by", "name of a column", "The rows must be equal in this column, of texts or integers, which both frames have.", joins},
	{"window", "prevailing", "true or false (preset)", "The last row before the window counts too: what was valid when it began.", []string{"frame.window"}},
	{"sort", "descending", "true or false (preset)", "The greatest value comes first.", []string{"frame.sort"}},
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
