package luabind

// What a script can call is listed here. Help texts, completion and the tables of
// the README are made from these tables.

// Functions are the functions of the module micro_ts, in the order in which a user
// learns them.
var Functions = []Function{
	define(&openSig, open, false, "db", "Opens the database in the folder `path`, and creates it if it does not exist, or the archive at a URL (`s3://bucket/prefix`, `file:///folder`). Options: `mode`, `durability`, `archive`, those of archives, and every option of RocksDB by its name."),
	define(&closeSig, closeHandle, true, "", "Closes the handle. When the last handle of a path is closed, everything is on the disk. Closing a handle twice is no error."),
	define(&putSig, put, true, "seq, if it was \"auto\"", "Writes one tick. It replaces a tick with the same time and seq. If seq is `\"auto\"`, the tick gets the next free seq of its time, and replaces none."),
	define(&getSig, get, true, "value or nil", "Returns the value of one tick."),
	define(&scanSig, scan, true, "iterator of ts_us, value, seq", "Iterates over the ticks of a range of time, both ends included, as they were when the scan began. A time is a text as `time` reads it, or µs; without it the range has no end there. With the option `fields`, it gives fields of tick records as numbers, in place of `value, seq`. Options: `limit`, `reverse`, `fields`, `skip`."),
	define(&ticksSig, ticks, true, "frame", "Reads the ticks of a range of time into a frame with the columns ts, seq, price, qty, side, channel, order_no, tick_no. Prices are in units of the currency, sides 1 (buy), -1 (sell) or 0. Options: `fields`, `layout`, `skip`."),
	define(&barsSig, makeBars, true, "frame", "Makes bars of the ticks of a range of time, each `width` long (`\"5m\"`, or µs): the columns start, stop, open, high, low, close, qty, amount, vwap, count, complete. Options: `session`, `fill`, `by`, `agg`, `zone`, `skip`."),
	define(&atSig, at, true, "frame", "Reads the last tick at or before a time of each of some instruments, in a frame with a row for each. Options: `within`."),
	define(&mergeSig, merge, true, "iterator of number, ts_us, value, seq", "Iterates over the ticks of some instruments in the order of time. `number` says which of them it is, from 1 on; ticks of one µs come in the order of the instruments. With the option `fields`, the fields follow `ts_us`. Options: `fields`, `skip`."),
	define(&newFrameSig, makeFrame, false, "frame", "Makes a frame of a table of columns by name, of an array of rows, or of an iterator that returns rows: `ts.frame(job.results(\"load.lua\"))`. A column of whole numbers with the name `ts`, or else `stop`, becomes the time axis."),
	define(&putManySig, putMany, true, "number of rows, overwritten", "Writes rows of one instrument: an array of `{ts_us, value [, seq]}`, or a string of packed rows. It checks all rows before it writes the first. `overwritten` is how many rows a later one of the call replaced. Options: `seq`, `count_overwritten`."),
	define(&importSig, importFiles, true, "report", "Writes the ticks of CSV, JSON lines and Parquet files, as `microts import` does, and returns `files`, `rows`, `ticks`, `bad`, `instruments`, `first`, `last`, `seconds`, and the first bad rows as `first_bad`. Importing a file twice changes nothing."),
	define(&exportSig, exportTicks, true, "number of ticks, number of instruments", "Writes ticks into a file for other programs, as `microts export` does: CSV, Parquet or JSON lines, by the ending of the path. Options: `instruments` or `market`, `from`, `to`, `format`, `tz`."),
	define(&firstSig, first, true, "ts_us, value, seq or nil", "Returns the first tick at or after a time, or the first of all if no time is given."),
	define(&lastSig, last, true, "ts_us, value, seq or nil", "Returns the last tick at or before a time, or the last of all if no time is given."),
	define(&countSig, count, true, "number", "Counts the ticks of a range of time, both ends included, or all ticks if no time is given."),
	define(&codesSig, codes, true, "array of {market=, code=, symbol=, number=}", "Lists the instruments that have ticks, of one market or of all. `code` is a text such as `\"000001\"`, `symbol` such as `\"000001.SZ\"`, `number` the code as a number if it is one. It seeks from one instrument to the next and does not read their ticks."),
	define(&deleteSig, deleteTick, true, "", "Removes one tick. It is no error if the tick does not exist."),
	define(&deleteRangeSig, deleteRange, true, "number of ticks", "Removes the ticks of a range of time, both ends included."),
	define(&flushSig, flush, true, "", "Writes everything that was put to the disk. When it returns, all of that survives a power failure."),
	define(&sealSig, seal, true, "array of days", "Publishes days that are over in an archive: all machines can read them from then on. A day that is sealed already stays as it is. Options: `to`, `market`, `date` or `before`, `revise`, and `zone` and `day_starts` for a new archive. A day is `{market=, date=, revision=, outcome=, ticks=, codes=, parts=, bytes=}`."),
	define(&snapshotSig, snapshot, true, "db", "Returns a read-only handle that sees the database as it is now, whatever is written later."),
	define(&statsSig, stats, true, "stats", "Returns statistics of the database: fields such as `keys`, `disk_bytes`, `commits`."),
	define(&packValueSig, packValue, false, "value", "Makes a 50-byte tick record from a table with the fields `price, qty, channel, side, order_no, tick_no`. A missing side is \"N\", any other missing field is 0."),
	define(&unpackValueSig, unpackValue, false, "table", "Returns the fields of a 50-byte tick record, or of a point record that storage engine V2 wrote: `value`, `price`, ..."),
	define(&fieldsSig, tickFields, false, "price, qty, side, channel, order_no, tick_no", "Returns the fields of a 50-byte tick record as values: the price in units of the currency, the side as 1 (buy), -1 (sell) or 0."),
	define(&timeSig, parseTime, false, "ts_us", "Reads a time: `2023-11-14 22:13:20.0001`, `20231114221320000`, `2023/11/14 9:30`, `22:13` (today), `-5m`, `now`, or µs. The zone is Asia/Shanghai if none is given."),
	define(&dateSig, formatTime, false, "string", "Shows a time in µs as `2023-11-14 22:13:20.000100`. The zone is Asia/Shanghai if none is given."),
	define(&calendarSig, newCalendar, false, "calendar", "Returns the calendar of a name (`\"cn\"`, `\"cn-futures\"`, `\"hk\"`, `\"us\"`), of a file, or of a table: when a market trades. The file is TOML, or a list of trading days, one a line."),
	define(&packRowSig, packRow, false, "string", "Makes one packed row for `put_many`: ts_us (8 bytes), seq (2 bytes) and the length of the value (4 bytes), big-endian, then the value."),
}

// CalendarMethods are the methods of calendars, in the order in which a user learns them. A
// day is a text such as "2023-11-14".
var CalendarMethods = []Function{
	define(&daysSig, calendarDays, true, "array of days", "Lists the trading days from `first` to `last`, both included. Without `first` or `last`, they begin or end with the days that the calendar knows."),
	define(&sessionsSig, calendarSessions, true, "array of {phase=, start=, stop=}", "Lists the sessions of a day, with the times at which they start and stop, in µs. A session with an auction before it has its start as `auction`, one with an auction at its end that of this as `closing`. On a day without trading the array is empty."),
	define(&phaseSig, calendarPhase, true, "string", "Returns what the market does at a time: `\"auction\"` before the first session, `\"am\"`, `\"break\"`, `\"pm\"`, `\"closing\"` in the auction at the end, `\"night\"`, `\"open\"` in a session around noon, or `\"closed\"`. The end of a session is part of it."),
	define(&nextSig, calendarNext, true, "day", "Returns the `n`-th trading day after a day, 1 if `n` is not given; before it, if `n` is negative. With 0 it is the day itself if there is trading, otherwise the next trading day."),
	define(&tradingDaySig, calendarTradingDay, true, "day", "Returns the trading day to which a time counts: that of its date, or the next one if there is none, or if it is evening and the night session belongs to the next day."),
	define(&knownSig, calendarKnown, true, "first day, last day", "Returns the first and the last day that the calendar knows. Others are an error."),
}

// CFunctions are the functions of the C library libmicro_ts. They take raw keys.
var CFunctions = []Function{
	define(&dbOpenSig, open, false, "db", "Opens the database in the folder `path`, and creates it if it does not exist."),
	define(&dbCloseSig, closeHandle, false, "", "Closes the database."),
	define(&dbPutSig, dbPut, false, "", "Writes a value under the key `key..qual`, which has 1 to 256 bytes."),
	define(&dbGetSig, dbGet, false, "value or nil", "Returns the value under the key `key..qual`."),
}

// EngineMethods are the methods of the storage engines, in the order in which a
// user learns them.
var EngineMethods = []Function{
	method("init", []string{engineArg}, (*storageEngine).init, "true", "Opens the database, and creates it if it does not exist. Other names: `initialize`, `open`."),
	method("shutdown", []string{engineArg}, (*storageEngine).shutdown, "true", "Writes everything to the disk and closes the database. Other name: `close`."),
	method("write_point", []string{engineArg, "symbol", "point", "data_type?"}, (*storageEngine).writePoint, "number of points", "Writes one point. It replaces a point with the same time (and, with V2, the same seq). If its seq is `\"auto\"`, it gets the next free one, and replaces none."),
	methodOf("write_points", []string{engineArg, "symbol", "points", "data_type?", "opts?"}, (*storageEngine).writePoints, "number of points, overwritten", "Writes an array of points. It checks all points before it writes the first. `overwritten` is how many points a later one of the call replaced. Options: `seq`, `count_overwritten`."),
	method("read_point", []string{engineArg, "symbol", "timestamp", "data_type?", "seq?"}, (*storageEngine).readPoint, "point", "Reads the point at a time: the one with `seq`, or the one with the lowest seq if none is given. Fails if there is no such point."),
	method("read_range", []string{engineArg, "symbol", "start?", "end?", "data_type?"}, (*storageEngine).readRange, "array of points", "Reads the points of a range of time in order, both ends included. If `start` or `end` is nil, there is no limit at that end."),
	method("get_latest_point", []string{engineArg, "symbol", "data_type?"}, (*storageEngine).latestPoint, "point", "Reads the last point. Fails if there are no points."),
	method("delete_data", []string{engineArg, "symbol", "start", "end", "data_type?"}, (*storageEngine).deleteData, "number of points", "Removes the points of a range of time, both ends included."),
	method("compact_data", []string{engineArg, "symbol?"}, (*storageEngine).compactData, "true", "Rewrites the files that hold the points of a symbol, or of all, and leaves out the points that were replaced or removed."),
	method("get_statistics", []string{engineArg}, (*storageEngine).statistics, "table", "Returns statistics of the engine and the database: `write_count`, `read_count`, `keys`, `disk_bytes`, ... Other name: `get_stats`."),
	method("create_column_family", []string{engineArg, "name"}, (*storageEngine).createFamily, "true", "Creates a column family: a key space of its own for `put`, `get`, ..."),
	method("drop_column_family", []string{engineArg, "name"}, (*storageEngine).dropFamily, "true", "Removes a column family and all its keys."),
	method("get_column_families", []string{engineArg}, (*storageEngine).families, "array of names", "Lists the column families, `default` first."),
	method("put", []string{engineArg, "key", "value", "cf?"}, (*storageEngine).put, "true", "Writes a value under a key of 1 to 256 bytes."),
	method("get", []string{engineArg, "key", "cf?"}, (*storageEngine).get, "value or nil", "Reads the value under a key."),
	method("delete", []string{engineArg, "key", "cf?"}, (*storageEngine).delete, "true", "Removes a key. It is no error if the key does not exist."),
	method("scan_prefix", []string{engineArg, "prefix", "limit?", "cf?"}, (*storageEngine).scanPrefix, "array of {key=, value=}", "Reads the keys that begin with a prefix, and their values, in the order of the keys."),
	method("write_batch", []string{engineArg, "list"}, (*storageEngine).writeBatch, "number of entries", "Does all writes of a list, or none: `{key=, value= [, cf=]}` puts a key, `{op=\"delete\", key= [, cf=]}` removes one."),
}

// engineAliases maps other names of methods, which LuaJIT scripts use, to their
// names.
var engineAliases = map[string]string{
	"initialize": "init",
	"open":       "init",
	"close":      "shutdown",
	"get_stats":  "get_statistics",
}
