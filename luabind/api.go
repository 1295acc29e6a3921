package luabind

// What a script can call is listed here. Help texts, completion and the tables of
// the README are made from these tables.

// Functions are the functions of the module micro_ts, in the order in which a user
// learns them.
var Functions = []Function{
	define(&openSig, open, false, "db", "Opens the database in the folder `path`, which it creates where there is none; options: `mode`, `durability`, and RocksDB's own by name."),
	define(&closeSig, closeHandle, true, "", "Ends the use of the handle; after the last one of a path everything is on the disk. Closing twice is no error."),
	define(&putSig, put, true, "", "Writes one tick, over what is there."),
	define(&getSig, get, true, "value or nil", "Returns the value of one tick."),
	define(&scanSig, scan, true, "iterator of ts_us, value, seq", "Goes through the ticks of a range of time, both ends included, as they were when it began; options: `limit`, `reverse`."),
	define(&putManySig, putMany, true, "number of rows", "Writes rows of one instrument: a table of `{ts_us, value [, seq]}`, or a string of packed rows. All are checked before the first is written."),
	define(&firstSig, first, true, "ts_us, value, seq or nil", "Returns the first tick at or after a time, 0 where none is given."),
	define(&lastSig, last, true, "ts_us, value, seq or nil", "Returns the last tick at or before a time, the end of time where none is given."),
	define(&countSig, count, true, "number", "Counts the ticks of a range of time, both ends included, or all."),
	define(&codesSig, codes, true, "array of {market=, code=}", "Lists the instruments that have ticks, of one market or all, by seeking from one to the next."),
	define(&deleteSig, deleteTick, true, "", "Removes one tick, which need not exist."),
	define(&deleteRangeSig, deleteRange, true, "number of ticks", "Removes the ticks of a range of time, both ends included."),
	define(&flushSig, flush, true, "", "Returns when everything put before is on the disk and would survive a power failure."),
	define(&snapshotSig, snapshot, true, "db", "Returns a handle that sees the database as it is now, whatever is written later, and cannot be written to."),
	define(&statsSig, stats, true, "stats", "Returns what is known of the database: fields such as `keys`, `disk_bytes`, `commits`."),
	define(&packValueSig, packValue, false, "value", "Makes the 50-byte tick record of a table of `price, qty, channel, side, order_no, tick_no`; what is missing is 0, the side \"N\"."),
	define(&unpackValueSig, unpackValue, false, "table", "Reads a 50-byte tick record, or a point that a storage engine V2 wrote as its `value`, `price` and other fields."),
	define(&timeSig, parseTime, false, "ts_us", "Reads a time: `2023-11-14 22:13:20.0001`, `22:13` of today, `-5m`, `now`, or µs; the zone is Asia/Shanghai unless one is given."),
	define(&dateSig, formatTime, false, "string", "Shows a time in µs as `2023-11-14 22:13:20.000100`."),
	define(&packRowSig, packRow, false, "string", "Makes one packed row for `put_many`: ts_us, seq and the value's length, big-endian in 8, 2 and 4 bytes, then the value."),
}

// CFunctions are the functions of the C library libmicro_ts. They take raw keys.
var CFunctions = []Function{
	define(&dbOpenSig, open, false, "db", "Opens a database."),
	define(&dbCloseSig, closeHandle, false, "", "Closes it."),
	define(&dbPutSig, dbPut, false, "", "Writes a value under the key `key..qual`, 1 to 256 bytes."),
	define(&dbGetSig, dbGet, false, "value or nil", "Returns the value under the key `key..qual`."),
}

// EngineMethods are the methods of the storage engines, in the order in which a
// user learns them.
var EngineMethods = []Function{
	method("init", []string{engineArg}, (*storageEngine).init, "true", "Opens the database, made where there is none. Also `initialize`, `open`."),
	method("shutdown", []string{engineArg}, (*storageEngine).shutdown, "true", "Writes everything to the disk and closes the database. Also `close`."),
	method("write_point", []string{engineArg, "symbol", "point", "data_type?"}, (*storageEngine).writePoint, "number of points", "Writes one point over what is there."),
	method("write_points", []string{engineArg, "symbol", "points", "data_type?"}, (*storageEngine).writePoints, "number of points", "Writes an array of points, all of which are checked before the first is written."),
	method("read_point", []string{engineArg, "symbol", "timestamp", "data_type?", "seq?"}, (*storageEngine).readPoint, "point", "Reads the point at a time, that of the lowest seq where none is given. `false` where there is none."),
	method("read_range", []string{engineArg, "symbol", "start?", "end?", "data_type?"}, (*storageEngine).readRange, "array of points", "Reads the points of a range of time in order, both ends included; `nil` is the beginning or the end of time."),
	method("get_latest_point", []string{engineArg, "symbol", "data_type?"}, (*storageEngine).latestPoint, "point", "Reads the last point of all. `false` where there is none."),
	method("delete_data", []string{engineArg, "symbol", "start", "end", "data_type?"}, (*storageEngine).deleteData, "number of points", "Removes the points of a range of time, both ends included."),
	method("compact_data", []string{engineArg, "symbol?"}, (*storageEngine).compactData, "true", "Rewrites the files of a symbol's points, or of all, without what was overwritten and removed."),
	method("get_statistics", []string{engineArg}, (*storageEngine).statistics, "table", "What is known of the database: `write_count`, `read_count`, `keys`, `disk_bytes`, ... Also `get_stats`."),
	method("create_column_family", []string{engineArg, "name"}, (*storageEngine).createFamily, "true", "Makes a column family: a key space of its own for `put`, `get`, ..."),
	method("drop_column_family", []string{engineArg, "name"}, (*storageEngine).dropFamily, "true", "Removes a column family and what it holds."),
	method("get_column_families", []string{engineArg}, (*storageEngine).families, "array of names", "Lists the column families, `default` first."),
	method("put", []string{engineArg, "key", "value", "cf?"}, (*storageEngine).put, "true", "Writes a value under a key of 1 to 256 bytes."),
	method("get", []string{engineArg, "key", "cf?"}, (*storageEngine).get, "value or nil", "Reads the value under a key."),
	method("delete", []string{engineArg, "key", "cf?"}, (*storageEngine).delete, "true", "Removes a key, which need not exist."),
	method("scan_prefix", []string{engineArg, "prefix", "limit?", "cf?"}, (*storageEngine).scanPrefix, "array of {key=, value=}", "Reads the keys that begin with a prefix, in order."),
	method("write_batch", []string{engineArg, "list"}, (*storageEngine).writeBatch, "number of entries", "Does all of a list of `{key=, value= [, cf=]}` and `{op=\"delete\", key= [, cf=]}`, or nothing."),
}

// engineAliases maps other names of methods, which LuaJIT scripts use, to their
// names.
var engineAliases = map[string]string{
	"initialize": "init",
	"open":       "init",
	"close":      "shutdown",
	"get_stats":  "get_statistics",
}
