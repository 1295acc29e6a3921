package main

import "maps"

func init() { maps.Copy(chinese, chineseCalendar) }

// chineseCalendar translates what the tables say of calendars.
var chineseCalendar = translation{
	// What the functions return.
	"calendar":                         "日历",
	"array of days":                    "日期的数组",
	"array of {phase=, start=, stop=}": "{phase=, start=, stop=} 的数组",
	"day":                              "日期",
	"first day, last day":              "首日、末日",

	// Functions.
	"Returns the calendar of a name (`\"cn\"`, `\"cn-futures\"`, `\"hk\"`, `\"us\"`), of a file, or of a table: when a market trades. The file is TOML, or a list of trading days, one a line.":                                                                        "按名称（`\"cn\"`、`\"cn-futures\"`、`\"hk\"`、`\"us\"`）、文件或表返回日历：市场何时交易。文件为 TOML，或每行一个交易日的列表。",
	"Lists the trading days from `first` to `last`, both included. Without `first` or `last`, they begin or end with the days that the calendar knows.":                                                                                                                "列出从 `first` 到 `last` 的交易日，含两端。不给 `first` 或 `last` 时，从日历已知的首日开始，或到末日为止。",
	"Lists the sessions of a day, with the times at which they start and stop, in µs. A session with an auction before it has its start as `auction`, one with an auction at its end that of this as `closing`. On a day without trading the array is empty.":          "列出一天的交易时段及其起止时间（微秒）。时段之前有集合竞价的，`auction` 为竞价开始时间；时段末尾有集合竞价的，`closing` 为其开始时间。非交易日返回空数组。",
	"Returns what the market does at a time: `\"auction\"` before the first session, `\"am\"`, `\"break\"`, `\"pm\"`, `\"closing\"` in the auction at the end, `\"night\"`, `\"open\"` in a session around noon, or `\"closed\"`. The end of a session is part of it.": "返回市场在某一时刻的状态：首个时段之前的集合竞价为 `\"auction\"`，此外有 `\"am\"`、`\"break\"`、`\"pm\"`、收盘集合竞价 `\"closing\"`、夜盘 `\"night\"`、跨中午的时段 `\"open\"`、休市 `\"closed\"`。时段的结束时刻属于该时段。",
	"Returns the `n`-th trading day after a day, 1 if `n` is not given; before it, if `n` is negative. With 0 it is the day itself if there is trading, otherwise the next trading day.":                                                                               "返回某日之后第 `n` 个交易日，不给 `n` 时为 1；`n` 为负则往前数。`n` 为 0 时，当日交易即为当日，否则为下一个交易日。",
	"Returns the trading day to which a time counts: that of its date, or the next one if there is none, or if it is evening and the night session belongs to the next day.":                                                                                           "返回某一时刻所属的交易日：即当日；当日不交易，或已到晚上而夜盘属于次日时，为下一个交易日。",
	"Returns the first and the last day that the calendar knows. Others are an error.":                                                                                                                                                                                 "返回日历已知的首日和末日。此外的日期报错。",

	// Fields of the table.
	"ts.calendar": "ts.calendar",
	"\"cn\", \"cn-futures\", \"hk\" or \"us\"":                                        "\"cn\"、\"cn-futures\"、\"hk\" 或 \"us\"",
	"\"weekdays\" or \"all\"":                                                         "\"weekdays\" 或 \"all\"",
	"Monday to Friday, or each day, is a trading day.":                                "周一到周五，或每一天，都是交易日。",
	"The calendar whose zone, hours and days hold where the table says nothing else.": "表中没有另外说明时，时区、时段和日期取自此日历。",
	"name of a time zone":                                                             "时区名",
	"The zone of days and hours.":                                                     "日期和时段的时区。",
	"list of days":                                                                    "日期列表",
	"Trading days, in addition to those of `base`.":                                   "交易日，加在 `base` 的交易日之上。",
	"path of a file":                                                                  "文件路径",
	"The same, one at the beginning of each line.":                                    "同上，写在每行开头，每行一个。",
	"They are no trading days.":                                                       "这些日子不交易。",
	"The first day that the calendar knows; the first of its days (preset).":          "日历已知的首日；默认为其中第一个日期。",
	"The last day that the calendar knows; the last of its days (preset).":            "日历已知的末日；默认为其中最后一个日期。",
	"list of hours such as \"09:30-11:30\"":                                           "时段列表，如 \"09:30-11:30\"",
	"The sessions of a day.":                                                          "一天的交易时段。",
	"time such as \"09:15\"":                                                          "时间，如 \"09:15\"",
	"When the auction before the first session begins.":                               "首个时段之前的集合竞价何时开始。",
	"time such as \"14:57\"":                                                          "时间，如 \"14:57\"",
	"When the auction at the end of the last session begins.":                         "最后一个时段末尾的集合竞价何时开始。",
	"hours such as \"21:00-02:30\"":                                                   "时段，如 \"21:00-02:30\"",
	"The session in the evening before a trading day. There is none after a holiday.": "交易日前一晚的夜盘。节假日之后的首个交易日没有夜盘。",
	"time such as \"20:55\"":                                                          "时间，如 \"20:55\"",
	"When the auction before the night session begins.":                               "夜盘之前的集合竞价何时开始。",
	"time; \"18:00\" with a night session, otherwise midnight (preset)":               "时间；默认有夜盘时为 \"18:00\"，否则为零点",
	"When, in the evening, the next trading day begins.":                              "晚上几点起算作下一个交易日。",
	"table of sessions by day":                                                        "以日期为键的时段表",
	"The sessions of single days, such as half days.":                                 "个别日子的时段，如半日市。",
}
