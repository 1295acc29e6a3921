package main

import "maps"

func init() { maps.Copy(chinese, chineseImport) }

// chineseImport translates the table of the presets of import, its flags and its help.
var chineseImport = translation{
	"preset":  "预设",
	"files":   "文件",
	"columns": "列",
	"source":  "出处",
	"report":  "报告",

	"Write the ticks of CSV, JSON lines and Parquet files into a database": "把 CSV、JSON lines、Parquet 文件中的逐笔写入数据库",
	"Writes the ticks of CSV, JSON lines and Parquet files, as `microts import` does, and returns `files`, `rows`, `ticks`, `bad`, `instruments`, `first`, `last`, `seconds`, and the first bad rows as `first_bad`. Importing a file twice changes nothing.": "像 `microts import` 那样写入 CSV、JSON lines、Parquet 文件中的逐笔，返回 `files`、`rows`、`ticks`、`bad`、`instruments`、`first`、`last`、`seconds`，以及最前面的坏行 `first_bad`。同一文件导入两次，什么也不变。",

	"write into the database in the folder PATH, which is created if it does not exist": "写入目录 PATH 中的数据库，不存在则新建",
	"show what would be done with the files, and the first ticks; write nothing":        "显示会怎样处理这些文件以及最前面的几笔，不写入",
	"list the presets": "列出全部预设",
	"take the files for those of the preset NAME (default: found by the columns)":                                                                                       "把文件当作预设 NAME 的文件（缺省：由列名识别）",
	"make a field of the ticks: FIELD=EXPR, such as price=\"last*10000\"; the fields are code, market, ts, seq, price, qty, side, channel, order_no, tick_no, raw, day": "得到逐笔的一个字段：FIELD=EXPR，如 price=\"last*10000\"；字段有 code、market、ts、seq、price、qty、side、channel、order_no、tick_no、raw、day",
	"COLUMN with the codes":                                                                          "代码所在的列 COLUMN",
	"SYMBOL of files that have no codes, such as 600519.SH":                                          "文件中没有代码时的代码 SYMBOL，如 600519.SH",
	"market, one CHARACTER, of codes that do not tell theirs":                                        "看不出市场的代码的市场，一个字符 CHARACTER",
	"time ZONE of times that do not tell theirs (default: that of the preset, Asia/Shanghai or UTC)": "没有写明时区的时刻的时区 ZONE（缺省：预设的时区，Asia/Shanghai 或 UTC）",
	"number the ticks of one instrument and time: \"auto\", in the order of the files, or the COLUMN with the seqs (default: that of the preset, or auto)": "同一代码同一时刻各笔的编号：\"auto\" 按文件中的顺序，或 seq 所在的列 COLUMN（缺省：预设的列，否则 auto）",
	"FORMAT of the files: csv, json or parquet (default: found)":                                         "文件的格式 FORMAT：csv、json 或 parquet（缺省：自动识别）",
	"ENCODING of texts: utf-8, gbk, gb18030 or utf-16 (default: found)":                                  "文本的编码 ENCODING：utf-8、gbk、gb18030 或 utf-16（缺省：自动识别）",
	"CHARACTER between the fields of CSV, or \"tab\" (default: found)":                                   "CSV 各字段之间的字符 CHARACTER，或 \"tab\"（缺省：自动识别）",
	"whether the first line of CSV names the columns: WORD is yes or no (default: found)":                "CSV 的第一行是否是列名：WORD 为 yes 或 no（缺省：自动识别）",
	"the quantity is a total since the day began; write the differences (default: what the preset says)": "数量是当日累计，写入差值（缺省：由预设决定）",
	"write bad rows, with file, line and reason, into FILE, and go on":                                   "把坏行连同文件、行号和原因写入 FILE，然后继续",
	"go on after up to N bad rows; -1: any number (default 0; with --bad, -1)":                           "至多 N 个坏行仍继续；-1 为任意多个（缺省 0；有 --bad 时为 -1）",
	"FILE that describes the import (default import.toml if no files are given)":                         "描述导入的文件 FILE（不给文件时缺省为 import.toml）",
	"show only errors": "只显示错误",

	"what microts export writes": "microts export 写出的文件",
	"parts of an archive, and other files with times in µs and the integers of tick records":                                                 "归档的分片，以及其他以微秒为时刻、以逐笔记录的整数为值的文件",
	"ticks that the recorder of vn.py (VeighNa) keeps, read from its table dbtickdata: snapshots with the total volume of the day":           "vn.py（VeighNa）行情记录模块保存的 tick，取自表 dbtickdata：带当日累计成交量的快照",
	"bars of vn.py (VeighNa): one tick each, the close and the volume at the bar's time":                                                     "vn.py（VeighNa）的 K 线：每根成为一笔，取 K 线时刻的收盘价和成交量",
	"minutes of Tushare Pro (stk_mins, ft_mins): one tick each, the close and the volume":                                                    "Tushare Pro 的分钟线（stk_mins、ft_mins）：每根成为一笔，取收盘价和成交量",
	"ticks of Tushare (get_tick_data, get_today_ticks): volumes in lots of 100; day and code stand in the file's name":                       "Tushare 的分笔（get_tick_data、get_today_ticks）：成交量以手（100 股）为单位；日期和代码在文件名中",
	"ticks of JoinQuant (get_ticks): snapshots with the total volume of the day; the code stands in a column or in the file's name":          "聚宽的 tick（get_ticks）：带当日累计成交量的快照；代码在一列中或在文件名中",
	"minutes of JoinQuant (get_price, get_bars): one tick each, the close and the volume; the code stands in a column or in the file's name": "聚宽的分钟线（get_price、get_bars）：每根成为一笔，取收盘价和成交量；代码在一列中或在文件名中",
	"trades of data.binance.vision: quantities in millionths; the symbol stands in the file's name":                                          "data.binance.vision 的成交：数量以百万分之一为单位；代码在文件名中",
	"aggregated trades of data.binance.vision: quantities in millionths; the symbol stands in the file's name":                               "data.binance.vision 的归集成交：数量以百万分之一为单位；代码在文件名中",
	"trades of Tardis: quantities in 1/10000; codes such as BTCUSDT.binance":                                                                 "Tardis 的成交：数量以万分之一为单位；代码形如 BTCUSDT.binance",
	"columns with usual names, English or Chinese: a time (or a date and a time), a price in the currency, a quantity, ...":                  "列名常见的文件，英文或中文：时刻（或日期和时间）、以元为单位的价格、数量等",
}
