package main

import "maps"

func init() { maps.Copy(chinese, chineseFrames) }

// chineseFrames translates what the tables say of frames, and of the functions that make
// them.
var chineseFrames = translation{
	// What functions return.
	"frame":                     "数据框",
	"number of rows":            "行数",
	"groups":                    "分组",
	"iterator of values":        "迭代器：各列的值",
	"iterator of rows":          "迭代器：行",
	"iterator of frame, values": "迭代器：数据框, 分组的值",
	"name or frame":             "名称或数据框",
	"array of {market=, code=, symbol=, number=}":  "{market=, code=, symbol=, number=} 的数组",
	"iterator of number, ts_us, value, seq":        "迭代器：number, ts_us, value, seq",
	"price, qty, side, channel, order_no, tick_no": "price, qty, side, channel, order_no, tick_no",

	// Functions of micro_ts.
	"Iterates over the ticks of a range of time, both ends included, as they were when the scan began. A time is a text as `time` reads it, or µs; without it the range has no end there. With the option `fields`, it gives fields of tick records as numbers, in place of `value, seq`. Options: `limit`, `reverse`, `fields`, `skip`.": "遍历一段时间内的逐笔，两端都含，看到的是遍历开始时的数据。时间为 `time` 能解析的文本或微秒数；不给则该端不限。用选项 `fields` 时，以数值给出逐笔记录的字段，代替 `value, seq`。选项：`limit`、`reverse`、`fields`、`skip`。",
	"Reads the ticks of a range of time into a frame with the columns ts, seq, price, qty, side, channel, order_no, tick_no. Prices are in units of the currency, sides 1 (buy), -1 (sell) or 0. Options: `fields`, `layout`, `skip`.":                                                                                                    "把一段时间内的逐笔读入数据框，列为 ts、seq、price、qty、side、channel、order_no、tick_no。价格以货币单位计，方向为 1（买）、-1（卖）或 0。选项：`fields`、`layout`、`skip`。",
	"Makes bars of the ticks of a range of time, each `width` long (`\"5m\"`, or µs): the columns start, stop, open, high, low, close, qty, amount, vwap, count, complete. Options: `session`, `fill`, `by`, `agg`, `zone`, `skip`.":                                                                                                      "由一段时间内的逐笔生成 K 线，每根长 `width`（`\"5m\"` 或微秒数），列为 start、stop、open、high、low、close、qty、amount、vwap、count、complete。选项：`session`、`fill`、`by`、`agg`、`zone`、`skip`。",
	"Reads the last tick at or before a time of each of some instruments, in a frame with a row for each. Options: `within`.":                                                                                                                                                                                                             "读取若干代码在某时刻及以前的最后一笔，每个代码一行。选项：`within`。",
	"Iterates over the ticks of some instruments in the order of time. `number` says which of them it is, from 1 on; ticks of one µs come in the order of the instruments. With the option `fields`, the fields follow `ts_us`. Options: `fields`, `skip`.":                                                                               "按时间顺序遍历若干代码的逐笔。`number` 是第几个代码，从 1 开始；同一微秒的按代码给出的顺序。用选项 `fields` 时，`ts_us` 之后是各字段。选项：`fields`、`skip`。",
	"Lists the instruments that have ticks, of one market or of all. `code` is a text such as `\"000001\"`, `symbol` such as `\"000001.SZ\"`, `number` the code as a number if it is one. It seeks from one instrument to the next and does not read their ticks.":                                                                        "列出有数据的代码，可限定一个市场。`code` 是 `\"000001\"` 这样的文本，`symbol` 如 `\"000001.SZ\"`，`number` 是数值形式的代码（若为数字）。从一个代码直接跳到下一个，不读逐笔。",
	"Returns the fields of a 50-byte tick record as values: the price in units of the currency, the side as 1 (buy), -1 (sell) or 0.":                                                                                                                                                                                                     "依次返回 50 字节逐笔记录的各字段：价格以货币单位计，方向为 1（买）、-1（卖）或 0。",

	"Makes a frame of a table of columns by name, of an array of rows, or of an iterator that returns rows: `ts.frame(job.results(\"load.lua\"))`. A column of whole numbers with the name `ts`, or else `stop`, becomes the time axis.": "由各列的表、行的数组，或返回行的迭代器生成数据框：`ts.frame(job.results(\"load.lua\"))`。名为 `ts`（否则 `stop`）的整数列成为时间轴。",

	// Methods of frames.
	"Returns the names of the columns.":                 "返回各列的名称。",
	"Returns the first rows, 10 if no number is given.": "返回开头若干行，不给行数时为 10。",
	"Returns the last rows, 10 if no number is given.":  "返回末尾若干行，不给行数时为 10。",
	"Iterates over the values of some columns, or of all, without a table a row. A missing number is NaN, a missing text `\"\"`.":                                                                                "遍历若干列（或全部列）的值，不为每行建表。缺失的数为 NaN，缺失的文本为 `\"\"`。",
	"Iterates over the rows, each a table as `f[i]` returns it.":                                                                                                                                                 "遍历各行，每行是与 `f[i]` 相同的表。",
	"Returns some columns, in the order of their names in the call.":                                                                                                                                             "返回若干列，顺序与调用中相同。",
	"Returns the rows for which a mask, such as `f.price > 10`, is true. Or those whose columns have some values: `f:where{code = \"600519\"}`, `f:where{code = {\"600519\", \"000001\"}, side = {1, -1}}`.":     "返回掩码（如 `f.price > 10`）为真的行；或各列等于给定值的行：`f:where{code = \"600519\"}`、`f:where{code = {\"600519\", \"000001\"}, side = {1, -1}}`。",
	"Returns the rows in the order of a column. Rows of equal values keep their order; missing values come last. Options: `descending`.":                                                                         "按某列排序。值相等的行保持原来的先后；缺失值在最后。选项：`descending`。",
	"Returns the frame with more columns, or with others in their place: series, arrays, or a value that all rows get.":                                                                                          "返回增加或替换了若干列的数据框：序列、数组，或每行都取的一个值。",
	"Returns the rows of this frame and then those of others, which have the same columns.":                                                                                                                      "返回本数据框的行，接着是其他数据框的行；它们的列须相同。",
	"Groups the rows by equal values in some columns. `f:group()` makes one group of all rows.":                                                                                                                  "按若干列的值分组。`f:group()` 把所有行分为一组。",
	"Makes bars of a frame of ticks, or longer bars of a frame of bars. Options: those of `bars`; without `session` bars lie on multiples of the width.":                                                         "由逐笔数据框生成 K 线，或由 K 线数据框生成更长的 K 线。选项与 `bars` 相同；不给 `session` 时按宽度的整数倍划分。",
	"Joins each row with the last row of another frame at or before its time. The columns of rows without a partner are missing. Options: `within`, `strict`, `direction`, `suffix`, `by`.":                      "把每行与另一数据框在该时刻及以前的最后一行连接；没有对应行时各列缺失。选项：`within`、`strict`、`direction`、`suffix`、`by`。",
	"Joins each row with aggregates of the rows of another frame from `from` to `to` around its time, both ends included. Options: `prevailing`, `by`.":                                                          "把每行与另一数据框在该时刻前后 `from` 到 `to`（两端都含）之内各行的聚合连接。选项：`prevailing`、`by`。",
	"Returns a row for each column: how many values it has, their mean, standard deviation, extremes and quartiles.":                                                                                             "每列返回一行：值的个数、均值、标准差、最小最大值和四分位数。",
	"Returns the name of the time axis, or, given a column of times or of whole µs, the frame with that one as its axis. Joins go by the axis. That of ticks is `ts`, that of bars `stop`, when a bar is known.": "返回时间轴的列名；给出一个时间列或整数微秒列时，返回以它为时间轴的数据框。连接按时间轴进行。逐笔的时间轴是 `ts`，K 线的是 `stop`，即 K 线已知的时刻。",

	// Methods of groups.
	"Returns a row for each group: its values, then aggregates such as `hi = {\"max\", \"price\"}`, of columns or of expressions of columns. There are sum mean min max first last std median quantile(q) count.": "每组返回一行：分组的值，以及 `hi = {\"max\", \"price\"}` 这样的聚合，可用于列或列的表达式。有 sum mean min max first last std median quantile(q) count。",
	"Iterates over the groups: a frame of the rows of each, and its values of the columns by which the rows are grouped.":                                                                                         "遍历各组：每组的行构成的数据框，以及分组各列的值。",

	// Arguments.
	"integer microseconds since 1970, 0 <= us < 2^53. `scan`, `count`, `first`, `last` and `delete_range` read texts too, as `time` does; without an end the range goes on to the beginning or the end of time":                                                                                                "1970 年以来的整数微秒，0 <= us < 2^53。`scan`、`count`、`first`、`last` 和 `delete_range` 也接受 `time` 能解析的文本；不给的一端不限",
	"an integer 0..999999999, or 1 to 9 printable ASCII characters; leading zeros do not count. An exchange may stand with it: in market `S`, `600519`, `\"SH600519\"` and `\"600519.SH\"` are one code. Or a [long code](formats.md#long-codes), such as `\"rb2405.SHFE\"`: 1 to 64 bytes of printable UTF-8": "整数 0..999999999，或 1 到 9 个可打印 ASCII 字符；前导零不计。可带交易所：市场 `S` 中 `600519`、`\"SH600519\"`、`\"600519.SH\"` 是同一代码。也可以是[长代码](formats.md#长代码)，如 `\"rb2405.SHFE\"`：1 到 64 字节可打印 UTF-8",

	// Options.
	"ticks, scan and merge": "ticks、scan 和 merge",
	"ticks":                 "ticks",
	"at and asof":           "at 和 asof",
	"bars":                  "bars",
	"asof":                  "asof",
	"asof and window":       "asof 和 window",
	"window":                "window",
	"sort":                  "sort",
	"names such as \"price,qty\", or an array; all (preset of ticks)":                                                                                               "名称，如 \"price,qty\"，或数组；ticks 默认为全部",
	"The fields of tick records that are read: price qty side channel order_no tick_no, and seq.":                                                                   "读取逐笔记录的哪些字段：price qty side channel order_no tick_no，以及 seq。",
	"Ticks whose values do not fit are left out; without it such a tick is an error. A frame has their number in `skipped`.":                                        "跳过值不符的逐笔；不设时遇到即报错。数据框的 `skipped` 是跳过的笔数。",
	"fields such as \"price:>i4/10000 qty:>I4\"":                                                                                                                    "字段，如 \"price:>i4/10000 qty:>I4\"",
	"How values other than tick records are laid out: a name and a format of `string.pack` for each field, and what a number is divided by.":                        "不是逐笔记录的值如何排列：每个字段的名称和 `string.pack` 格式，以及数值的除数。",
	"duration such as \"3s\", or µs; no limit (preset)":                                                                                                             "时长，如 \"3s\"，或微秒数；默认不限",
	"How far the times may be apart.":                                                                                                                               "两个时刻最多相距多久。",
	"name or file of a calendar, or false; that of the market (preset)":                                                                                             "日历的名称或文件，或 false；默认为该市场的日历",
	"The sessions in which bars lie: the last bar of a session includes its end, the first one the auction before it. `false`: bars lie on multiples of the width.": "K 线所在的交易时段：时段的最后一根包含终点，第一根包含之前的集合竞价。`false` 时按宽度的整数倍划分。",
	"\"none\" (preset), \"prev\" or \"nan\"":                                                                                                                        "\"none\"（默认）、\"prev\" 或 \"nan\"",
	"Bars for times without ticks: none, with the price of the last close, or without prices.":                                                                      "没有逐笔的时间：不生成 K 线、价格取前收盘，或没有价格。",
	"\"time\" (preset), \"qty\", \"amount\" or \"count\"":                                                                                                           "\"time\"（默认）、\"qty\"、\"amount\" 或 \"count\"",
	"What ends a bar: time, or how much was traded.":                                                                                                                "一根 K 线何时结束：按时间，或按成交多少。",
	"table such as {buys = {\"sum\", \"qty * (side > 0)\"}}":                                                                                                        "表，如 {buys = {\"sum\", \"qty * (side > 0)\"}}",
	"More columns: aggregates of fields or of expressions of fields.":                                                                                               "更多的列：字段或字段表达式的聚合。",
	"name of a time zone; that of the script (preset)":                                                                                                              "时区名；默认为脚本的时区",
	"Where a day begins at midnight, without sessions.":                                                                                                             "不用交易时段时，以哪个时区的零点为一天的开始。",
	"Values that are no tick records are left out.":                                                                                                                 "跳过不是逐笔记录的值。",
	"Rows of the same time do not count.":                                                                                                                           "同一时刻的行不算。",
	"\"back\" (preset), \"forward\" or \"nearest\"":                                                                                                                 "\"back\"（默认）、\"forward\" 或 \"nearest\"",
	"On which side of the time the other row is.":                                                                                                                   "取该时刻哪一侧的行。",
	"text; \"_r\" (preset)": "文本；默认为 \"_r\"",
	"What is put behind the names of columns that both frames have.": "两边都有的列名之后加什么。",
	"name of a column": "列名",
	"The rows must be equal in this column, of texts or integers, which both frames have.": "两行在这一列（两边都有，文本或整数）上须相等。",
	"The last row before the window counts too: what was valid when it began.":             "窗口之前的最后一行也算，即窗口开始时有效的一行。",
	"The greatest value comes first.":                                                      "最大的值在最前。",
}
