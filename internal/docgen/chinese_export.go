package main

import "maps"

func init() { maps.Copy(chinese, chineseExport) }

// chineseExport translates the flags and the help of export.
var chineseExport = translation{
	"Write ticks into a CSV, Parquet or JSON lines file": "把逐笔写成 CSV、Parquet 或 JSON lines 文件",

	"read the database in the folder PATH, or the archive at a URL":          "读取目录 PATH 中的数据库，或某个 URL 处的归档",
	"read the database and the archive at URL as one":                        "把数据库和 URL 处的归档当作一个来读",
	"only the instruments of these SYMBOLS, such as 600519.SH,000001.SZ":     "只要这些代码 SYMBOLS，如 600519.SH,000001.SZ",
	"only the instruments of a market, one CHARACTER":                        "只要一个市场的代码，市场是一个字符 CHARACTER",
	"ticks at or after TIME, such as \"2023-11-13 09:30\"":                   "时刻 TIME 及以后的逐笔，如 \"2023-11-13 09:30\"",
	"ticks at or before TIME; a date alone is the end of that day":           "时刻 TIME 及以前的逐笔；只写日期是指当天结束",
	"time ZONE of --from and --to, and of the times in CSV and JSON lines":   "--from、--to 以及 CSV、JSON lines 中时刻的时区 ZONE",
	"FORMAT of the file: csv, parquet or json (default: that of its ending)": "文件的格式 FORMAT：csv、parquet 或 json（缺省：由扩展名决定）",

	"Writes ticks into a file for other programs, as `microts export` does: CSV, Parquet or JSON lines, by the ending of the path. Options: `instruments` or `market`, `from`, `to`, `format`, `tz`.": "像 `microts export` 那样把逐笔写成供其他程序读的文件：CSV、Parquet 或 JSON lines，由扩展名决定。选项：`instruments` 或 `market`、`from`、`to`、`format`、`tz`。",
	"Writes the rows into a file: CSV, Parquet or JSON lines, by the ending of the path. Options: `format`, `tz`.":                                                                                    "把各行写成文件：CSV、Parquet 或 JSON lines，由扩展名决定。选项：`format`、`tz`。",
	"number of ticks, number of instruments": "逐笔数，代码数",

	"ts.export":                 "ts.export",
	"ts.export and frame:write": "ts.export 和 frame:write",
	"array such as {{\"S\", 600000}, \"000001.SZ\"}; all (preset)":  "数组，如 {{\"S\", 600000}, \"000001.SZ\"}；缺省为全部",
	"Only these instruments, in this order.":                        "只要这些代码，按此顺序。",
	"one character; all (preset)":                                   "一个字符；缺省为全部",
	"Only the instruments of this market.":                          "只要这个市场的代码。",
	"time as ts.time reads it, or µs; the beginning (preset)":       "ts.time 能读的时刻，或微秒；缺省为最早",
	"Ticks at or after it.":                                         "此刻及以后的逐笔。",
	"time as ts.time reads it, or µs; the end (preset)":             "ts.time 能读的时刻，或微秒；缺省为最晚",
	"Ticks at or before it.":                                        "此刻及以前的逐笔。",
	"\"csv\", \"parquet\" or \"json\"; that of the ending (preset)": "\"csv\"、\"parquet\" 或 \"json\"；缺省由扩展名决定",
	"What the file is.":                                             "文件的格式。",
	"name of a time zone; that of the script (preset)":              "时区的名字；缺省为脚本的时区",
	"The zone of the times in CSV and JSON lines.":                  "CSV 和 JSON lines 中时刻的时区。",
}
