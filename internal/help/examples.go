package help

// examples shows how to call each function of luabind, by its full name. They run in the
// tests: ts, db, engine and lib are there, and the database has some ticks.
var examples = map[string]string{
	"micro_ts.open":         `local db = ts.open("data/safe", {durability = "sync"})`,
	"micro_ts.close":        `db:close()`,
	"micro_ts.put":          `local value = ts.pack_value{price = 105000, qty = 100, side = "B"}` + "\ndb:put(\"S\", 600000, ts.time(\"2023-11-14 09:30\"), 0, value)",
	"micro_ts.get":          `local value = db:get("S", 600000, ts.time("2023-11-14 09:30"))`,
	"micro_ts.scan":         "local from, to = ts.time(\"2023-11-14\"), ts.time(\"2023-11-15\")\nfor us, value, seq in db:scan(\"S\", 600000, from, to) do\n    print(ts.date(us), ts.unpack_value(value).price / 10000)\nend",
	"micro_ts.put_many":     `local us = ts.time("2023-11-14 09:30")` + "\ndb:put_many(\"S\", 600000, {{us, \"a\"}, {us, \"b\", 1}})",
	"micro_ts.import":       "local csv = io.open(\"day.csv\", \"w\")\ncsv:write(\"code,time,last\\n600519.SH,2023-11-14 09:30,1680.01\\n\")\ncsv:close()\nlocal report = db:import{files = \"day.csv\", map = {price = \"last*10000\"}}\nprint(report.ticks, report.bad) --> 1\t0",
	"micro_ts.first":        `local us, value, seq = db:first("S", 600000)`,
	"micro_ts.last":         `local us, value, seq = db:last("S", 600000, ts.time("now"))`,
	"micro_ts.count":        `print(db:count("S", 600000, ts.time("2023-11-14"), ts.time("2023-11-15")))`,
	"micro_ts.codes":        `for _, in_ in ipairs(db:codes("S")) do print(in_.market, in_.code) end`,
	"micro_ts.delete":       `db:delete("S", 600000, ts.time("2023-11-14 09:30"))`,
	"micro_ts.delete_range": `db:delete_range("S", 600000, ts.time("2023-11-14"), ts.time("2023-11-15"))`,
	"micro_ts.flush":        `db:flush()`,
	"micro_ts.seal":         `db:seal{to = "s3://bucket/prefix", market = "S", date = "2023-11-14"}`,
	"micro_ts.snapshot":     `local now = db:snapshot()`,
	"micro_ts.stats":        `print(db:stats().disk_bytes)`,
	"micro_ts.pack_value":   `local value = ts.pack_value{price = 105000, qty = 100, side = "B"}`,
	"micro_ts.unpack_value": `local tick = ts.unpack_value(ts.pack_value{price = 105000})` + "\nprint(tick.price / 10000) --> 10.5",
	"micro_ts.time":         `local us = ts.time("2023-11-14 09:30", "Asia/Shanghai")`,
	"micro_ts.date":         `print(ts.date(1700000000000000, "UTC")) --> 2023-11-14 22:13:20.000000`,
	"micro_ts.pack_row":     `local us = ts.time("2023-11-14 09:30")` + "\nlocal rows = {ts.pack_row(us, 0, \"a\"), ts.pack_row(us, 1, \"b\")}\ndb:put_many(\"S\", 600000, table.concat(rows))",

	"micro_ts.calendar": `local cn = ts.calendar "cn"` + "\nprint(cn:next \"2024-02-08\") --> 2024-02-19",

	"cal.days":        `for _, day in ipairs(cal:days("2024-02-01", "2024-02-29")) do print(day) end`,
	"cal.sessions":    `local morning = cal:sessions("2023-11-14")[1]` + "\nprint(morning.phase, ts.date(morning.start))",
	"cal.phase":       `print(cal:phase "2023-11-14 11:30:00") --> am`,
	"cal.next":        `local yesterday = cal:next("2024-02-19", -1) --> 2024-02-08`,
	"cal.trading_day": `local futures = ts.calendar "cn-futures"` + "\nprint(futures:trading_day \"2023-11-10 21:00\") --> 2023-11-13",
	"cal.known":       `local first, last = cal:known()`,

	"libmicro_ts.db_open":  `local db = lib.db_open("data/raw")`,
	"libmicro_ts.db_close": `lib.db_close(lib.db_open("data/raw"))`,
	"libmicro_ts.db_put":   `local db = lib.db_open("data/raw")` + "\nlib.db_put(db, \"key\", \"1\", \"value\")",
	"libmicro_ts.db_get":   `local db = lib.db_open("data/raw")` + "\nlocal value = lib.db_get(db, \"key\", \"1\")",

	"engine.init":                 `assert(engine:init())`,
	"engine.shutdown":             `assert(engine:shutdown())`,
	"engine.write_point":          `local point = {timestamp = 1700000000.25, value = 1688.5}` + "\nassert(engine:write_point(\"600519.SH\", point))",
	"engine.write_points":         `local point = {timestamp = 1700000000, value = 1688.5, volume = 100}` + "\nassert(engine:write_points(\"600519.SH\", {point}))",
	"engine.read_point":           `local ok, point = engine:read_point("600519.SH", 1700000000.25)`,
	"engine.read_range":           `local ok, points = engine:read_range("600519.SH", 1700000000, 1700000060)`,
	"engine.get_latest_point":     `local ok, point = engine:get_latest_point("600519.SH")`,
	"engine.delete_data":          `local ok, n = engine:delete_data("600519.SH", 1700000000, 1700000060)`,
	"engine.compact_data":         `assert(engine:compact_data("600519.SH"))`,
	"engine.get_statistics":       `local ok, stats = engine:get_statistics()` + "\nprint(stats.write_count)",
	"engine.create_column_family": `assert(engine:create_column_family("settings"))`,
	"engine.drop_column_family":   `engine:drop_column_family("settings")`,
	"engine.get_column_families":  `local ok, names = engine:get_column_families()`,
	"engine.put":                  `assert(engine:put("key", "value"))`,
	"engine.get":                  `local ok, value = engine:get("key")`,
	"engine.delete":               `assert(engine:delete("key"))`,
	"engine.scan_prefix":          `local ok, entries = engine:scan_prefix("k", 100)`,
	"engine.write_batch":          `local list = {{key = "a", value = "1"}, {op = "delete", key = "b"}}` + "\nassert(engine:write_batch(list))",
}

// jobExamples shows how to use members of the global job.
var jobExamples = map[string]string{
	"job.params":   `local window = job.params.window`,
	"job.db":       `local n = job.db:count(job.params.market, job.params.code)`,
	"job.dir":      `local f = io.open(job.dir .. "/" .. job.id .. ".csv", "w")`,
	"job.log":      `job.log("rows read:", 1000)`,
	"job.progress": `job.progress(50, 100)`,
	"job.retry":    `if not answer then job.retry("no answer yet") end`,
	"job.results":  `for row in job.results("load.lua") do print(row.job_id) end`,
}
