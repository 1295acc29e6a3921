package main

import "maps"

func init() { maps.Copy(chinese, chineseModules) }

// chineseModules translates the tables of package help.
var chineseModules = translation{
	// Titles.
	"argument":  "参数",
	"range":     "范围",
	"option of": "所属",

	// The arguments of micro_ts.
	"one printable ASCII character: `S` Shanghai/Shenzhen, `H` Hong Kong, `U` US, or any other":                                     "一个可打印 ASCII 字符：`S` 沪深、`H` 港股、`U` 美股，或其他",
	"integer 0..65535, the order within one microsecond; nil is 0. Of a write also `\"auto\"`: see [Automatic seq](#automatic-seq)": "整数 0..65535，同一微秒内的顺序；nil 为 0。写入时还可为 `\"auto\"`，见[自动 seq](#自动-seq)",
	"a string of at most 65,536 bytes": "字符串，最长 65,536 字节",
	"0..2^53 as a number; larger values are decimal strings, both as arguments and as results": "数字 0..2^53；更大的值传入和返回都用十进制字符串",
	"integer, in 1/10000 of the currency":                                                      "整数，单位为货币的 1/10000",

	// bit.
	"Makes a number a signed 32-bit integer, -2^31 to 2^31 - 1.":                                           "把数变为有符号 32 位整数，-2^31 到 2^31 - 1。",
	"Shows an integer as `n` hexadecimal digits, 8 if `n` is not given; in capitals if `n` is negative.":   "把整数显示为 `n` 位十六进制，不给 `n` 则为 8 位；`n` 为负则用大写。",
	"Combines integers bit by bit: and, or, exclusive or.":                                                 "按位与、或、异或。",
	"Inverts all 32 bits of an integer.":                                                                   "取反整数的 32 位。",
	"Shifts an integer by 0 to 31 bits: to the left, to the right with zeros, to the right with the sign.": "移位 0 到 31 位：左移、补零右移、带符号右移。",
	"Rotates the 32 bits of an integer to the left or to the right.":                                       "把整数的 32 位循环左移或右移。",
	"Reverses the order of the 4 bytes of an integer.":                                                     "颠倒整数 4 个字节的顺序。",

	// cjson.
	"Writes a value as JSON. `cjson.null` is null; `cjson.empty_array` is `[]`.":                                                                                              "把值写成 JSON。`cjson.null` 为 null，`cjson.empty_array` 为 `[]`。",
	"Reads JSON. null becomes `cjson.null`.":                                                                                                                                  "读取 JSON；null 变为 `cjson.null`。",
	"Returns another cjson with settings of its own.":                                                                                                                         "返回另一个设置独立的 cjson。",
	"Sets how many digits, 1 to 16, numbers that are no integers have in JSON; 14 at first. Integers up to 2^63 keep all digits.":                                             "设置非整数在 JSON 中的位数，1 到 16，起初为 14。2^63 以内的整数保留全部数字。",
	"Sets how deep tables or JSON may be nested; 1000 at first.":                                                                                                              "设置表或 JSON 嵌套的最大深度，起初为 1000。",
	"Does nothing here: it is about the memory of lua-cjson.":                                                                                                                 "在此不起作用：它只关系到 lua-cjson 的内存。",
	"Sets what becomes of NaN and infinity: an error (false, at first), the number (true), or null (`\"null\"`).":                                                             "设置如何写 NaN 和无穷大：出错（false，起初）、写出该数（true）或 null（`\"null\"`）。",
	"Sets whether NaN, infinity and hexadecimal numbers in JSON are read (at first) or are an error.":                                                                         "设置 JSON 中的 NaN、无穷大和十六进制数是读取（起初）还是出错。",
	"Sets what becomes of arrays with holes whose last index is above `safe` (10) and above `ratio` (2) times the number of values: an error (false, at first) or an object.": "设置如何写有空洞的数组（最大下标超过 `safe`（10），且超过值的个数的 `ratio`（2）倍）：出错（false，起初）或写成对象。",
	"Sets whether an empty table is `{}` (at first) or `[]`.":                                                                                                                 "设置空表写成 `{}`（起初）还是 `[]`。",
	"Sets whether a slash is written as `\\/` (at first) or as `/`.":                                                                                                          "设置斜杠写成 `\\/`（起初）还是 `/`。",
	"Sets whether arrays from JSON get the metatable `cjson.array_mt`, with which an empty one is written as `[]`; false at first.":                                           "设置读出的数组是否带元表 `cjson.array_mt`（空数组因此写成 `[]`）；起初为 false。",

	// csv.
	"Reads CSV. A row is an array of strings, or a table by name if there are names.": "读取 CSV。一行是字符串的数组；有列名时是按名字取值的表。",
	"Reads a CSV file row by row.": "逐行读取 CSV 文件。",
	"Writes rows, which are arrays or tables by name, as CSV. Rows with names have a line of all names before them.": "把行（数组或按名字取值的表）写成 CSV。有名字的行前面先写一行全部列名。",

	// ffi.
	"Makes a C number, or an array of C numbers with 0 or `init` in it. Indexes count from 0 and are checked.": "新建 C 数值或 C 数值的数组，内容为 0 或 `init`。下标从 0 开始，并有检查。",
	"Makes a value a C number or a pointer of a type.":                                                         "把值变为某类型的 C 数值或指针。",
	"Returns a type, which is called as `ffi.new` is.":                                                         "返回一个类型，可像 `ffi.new` 那样调用。",
	"Returns the size of a type or of a value, or the alignment of a type, in bytes.":                          "返回类型或值的大小，或类型的对齐，单位为字节。",
	"Says whether a value is a cdata of a type.":                                                               "判断值是否为某类型的 cdata。",
	"Returns the bytes at a pointer, up to the first NUL if their number is not given.":                        "返回指针处的字节；不给字节数则到第一个 NUL 为止。",
	"Copies bytes between arrays, or from a string.":                                                           "在数组之间或从字符串复制字节。",
	"Sets bytes to a value, 0 if none is given.":                                                               "把字节设为某值，不给则为 0。",
	"Reads declarations of functions, enums and names of types. Structs do not work.":                          "读取函数、枚举和类型名的声明。不支持结构体。",
	"Returns the functions of the original C library: `micro_ts` or `rocksdb`. There are no other libraries.":  "返回原版 C 动态库 `micro_ts` 或 `rocksdb` 的函数。没有其他库。",
	"Returns the cdata. The finalizer is not called.":                                                          "返回该 cdata。不会调用终结函数。",
	"Returns the number of the last error of a C function.":                                                    "返回 C 函数最近一次错误的编号。",
	"Says whether the machine has a property: `64bit`, `le`, `fpu`, `hardfp`.":                                 "判断机器是否有某性质：`64bit`、`le`、`fpu`、`hardfp`。",
	"Raises an error: there are no C structs here.":                                                            "抛出错误：这里没有 C 结构体。",

	// jit.
	"Lets hot loops run as machine code, or keeps them from it.": "允许或禁止热循环以机器码运行。",
	"Says whether hot loops may run as machine code.":            "返回热循环是否可以机器码运行。",
	"Does nothing here: it steers LuaJIT's compiler.":            "在此不起作用：它控制的是 LuaJIT 的编译器。",

	// lfs.
	"Returns the attributes of a file, or one of them: `mode` (`\"file\"`, `\"directory\"`, ...), `size` in bytes, `modification`, `access` and `change` in seconds since 1970, `permissions`, `nlink`, `uid`, `gid`, `ino`, `dev`, `rdev`, `blocks`, `blksize`. If there is no file: nil, a message and a number.": "返回文件的全部或一个属性：`mode`（`\"file\"`、`\"directory\"` 等）、`size`（字节）、`modification`、`access` 和 `change`（1970 年起的秒数）、`permissions`、`nlink`、`uid`、`gid`、`ino`、`dev`、`rdev`、`blocks`、`blksize`。没有该文件时返回 nil、消息和编号。",
	"Iterates over the names in a folder, `.` and `..` among them.":                                "遍历目录中的名字，含 `.` 和 `..`。",
	"Makes a folder, or removes an empty one. A failure returns nil, a message and a number.":      "新建目录，或删除空目录。失败时返回 nil、消息和编号。",
	"Returns the working directory.":                                                               "返回工作目录。",
	"Changes the working directory of the process, of all jobs too.":                               "改变进程的工作目录，所有作业都受影响。",
	"Sets the times of a file, in seconds since 1970; now if none is given.":                       "设置文件的时间（1970 年起的秒数）；不给则为现在。",
	"Makes a link to a file: a hard one, or a symbolic one if `symbolic` is true.":                 "建立文件的链接：硬链接；`symbolic` 为真则是符号链接。",
	"Does nothing: files are always binary.":                                                       "不起作用：文件总是二进制的。",
	"Locks a part of a file, in bytes, for reading (`\"r\"`) or writing (`\"w\"`), or unlocks it.": "为读（`\"r\"`）或写（`\"w\"`）锁住文件的一部分（按字节），或解锁。",
	"Locks a folder with a file in it. `lock:free()` ends the lock.":                               "用目录中的一个文件锁住该目录；`lock:free()` 解锁。",

	// md5, sha, socket.
	"Returns the MD5 of a string as 32 hexadecimal digits.":                                                   "返回字符串的 MD5，32 位十六进制。",
	"Returns the MD5 of a string as bytes.":                                                                   "返回字符串的 MD5，字节形式。",
	"Returns the HMAC-MD5 of a string as hexadecimal digits; `hmac_binary` as bytes.":                         "返回字符串的 HMAC-MD5，十六进制；`hmac_binary` 返回字节。",
	"Returns the SHA of a string as hexadecimal digits.":                                                      "返回字符串的 SHA，十六进制。",
	"Returns the SHA of a string as bytes.":                                                                   "返回字符串的 SHA，字节形式。",
	"Returns the HMAC-SHA of a string as hexadecimal digits; with `_binary` at the end of the name as bytes.": "返回字符串的 HMAC-SHA，十六进制；名字以 `_binary` 结尾的返回字节。",
	"Returns the time in seconds since 1970, to the µs.":                                                      "返回 1970 年起的秒数，精确到微秒。",
	"Waits. A Ctrl-C and the time-out of a job end the wait.":                                                 "等待。Ctrl-C 和作业超时会结束等待。",

	// string.buffer.
	"Makes a string buffer with room for `size` bytes.":       "新建字符串缓冲区，预留 `size` 字节。",
	"Serializes a value in LuaJIT's format.":                  "按 LuaJIT 的格式序列化一个值。",
	"Returns the value that `encode` serialized.":             "返回 `encode` 序列化的值。",
	"Appends strings and numbers.":                            "追加字符串和数。",
	"Appends what `string.format` returns.":                   "追加 `string.format` 的结果。",
	"Replaces the content.":                                   "替换内容。",
	"Takes n bytes from the front, or all, and returns them.": "从前面取出 n 字节（不给则全部）并返回。",
	"Drops n bytes from the front.":                           "丢弃前面的 n 字节。",
	"Returns the content, which stays.":                       "返回内容，内容仍保留。",
	"Appends a serialized value.":                             "追加一个序列化的值。",
	"Takes a serialized value from the front.":                "从前面取出一个序列化的值。",
	"Empties the buffer; `free` gives its memory back too.":   "清空缓冲区；`free` 还归还内存。",

	// struct, table, time.
	"Packs values. Formats: `<` and `>` (the order of bytes), `b B h H l L i4 I4 i8 I8 T` (integers), `f d` (numbers), `s` (a string and NUL), `c0 c4` (bytes), `x` (padding).": "打包值。格式：`<` 和 `>`（字节序）、`b B h H l L i4 I4 i8 I8 T`（整数）、`f d`（浮点数）、`s`（字符串加 NUL）、`c0 c4`（字节）、`x`（填充）。",
	"Unpacks values from a string, and returns where the next one begins.":                                                                                                      "从字符串解包，并返回下一个值的位置。",
	"Returns the size of what a format packs.":                                                             "返回某格式打包后的大小。",
	"Removes all entries of a table and keeps its memory for others.":                                      "清空表，保留其内存备用。",
	"Makes a table with room for entries: 1 to `narray`, and `nhash` with other keys.":                     "新建表并预留空间：下标 1 到 `narray`，以及 `nhash` 个其他键。",
	"Returns the time in µs since 1970.":                                                                   "返回 1970 年起的微秒数。",
	"Reads a time, as `time` of `micro_ts` does.":                                                          "解析时间，与 `micro_ts` 的 `time` 相同。",
	"Shows a time in µs, in the format of `os.date`, or as `2023-11-14 22:13:20.000100` if none is given.": "按 `os.date` 的格式显示微秒时间；不给格式则为 `2023-11-14 22:13:20.000100`。",

	// Options.
	"ts.open and the storage engines":           "ts.open 和存储引擎",
	"the storage engines' new":                  "存储引擎的 new",
	"ts.scan":                                   "ts.scan",
	"csv":                                       "csv",
	"string.buffer":                             "string.buffer",
	"a script's header, for microts batch":      "脚本的 header，用于 microts batch",
	`"rw" (preset) or "r"`:                      `"rw"（缺省）或 "r"`,
	`"process" (preset), "sync" or "none"`:      `"process"（缺省）、"sync" 或 "none"`,
	"number of ticks; all (preset)":             "笔数；缺省为全部",
	"true or false (preset)":                    "true 或 false（缺省）",
	"true or false":                             "true 或 false",
	"path":                                      "路径",
	`"s", "ms", "us" or "auto" (preset)`:        `"s"、"ms"、"us" 或 "auto"（缺省）`,
	`"v1" or "v2"`:                              `"v1" 或 "v2"`,
	"0 to 7, or a name such as lz4_compression": "0 到 7，或 lz4_compression 之类的名字",
	"put_many and write_points":                 "put_many 和 write_points",
	`"auto"; the seqs of the rows (preset)`:     `"auto"；缺省为各行的 seq`,
	"Each row gets the next free seq of its time, and replaces none.":                                "每行取其时刻的下一个空闲 seq，不替换任何一笔。",
	"The second result counts rows of the database that were replaced too, which takes a read each.": "第二个结果也计入数据库中被替换的行，每行需读一次。",
	`"gbk" or "gb18030"; bytes as they are (preset)`:                                                 `"gbk" 或 "gb18030"；缺省为字节原样`,
	"The text is read and written in this encoding, and is UTF-8 in the script.":                     "文本按此编码读写，在脚本中是 UTF-8。",
	"one character; a comma (preset)":                                                                "一个字符；缺省为逗号",
	"list of names":                                                                                  "名字的列表",
	"list of strings":                                                                                "字符串的列表",
	"list of tables":                                                                                 "表的列表",
	"text; the name of the file (preset)":                                                            "文本；缺省为文件名",
	"list of scripts":                                                                                "脚本的列表",
	`duration such as "90s" or "5m"`:                                                                 `时长，如 "90s"、"5m"`,
	`size such as "512MB"`:                                                                           `大小，如 "512MB"`,
	"number; 0 (preset)":                                                                             "数；缺省为 0",
	`duration; "1s" (preset)`:                                                                        `时长；缺省为 "1s"`,
	"table of lists":                                                                                 "列表的表",
	"`\"r\"` opens the database read-only; another process may write to it.":                         "`\"r\"` 以只读方式打开，可与写进程并存。",
	"What a put survives: `process` the death of the process, `sync` a power failure too, `none` nothing until a flush.": "写入后什么不丢：`process` 进程被杀不丢，`sync` 断电也不丢，`none` 在 flush 之前不保证。",
	"The scan ends after so many ticks.":                                        "遍历这么多笔后结束。",
	"The scan goes from the last tick to the first.":                            "从最后一笔向前遍历。",
	"The folder of the database. It must be given.":                             "数据库目录，必须给出。",
	"The unit of the times of points. `auto` tells it from the size of a time.": "点的时间单位。`auto` 按时间的大小判断。",
	"It must be the version of the storage engine.":                             "必须是该存储引擎的版本。",
	"How RocksDB compresses table files; `compression` is the same.":            "RocksDB 如何压缩表文件；与 `compression` 相同。",
	"What separates fields.":                                                    "字段的分隔符。",
	"Of a reader: the first line names the columns; false if it is not given. Of `encode`: a line of all names comes first; true for rows with names if it is not given.": "读取时：首行是列名，缺省为 false。`encode`：先写一行列名，有名字的行缺省为 true。",
	"The names of the columns, in their order.":                            "按顺序给出的列名。",
	"Keys that serialized tables hold as numbers.":                         "序列化的表中用编号代替的键。",
	"Metatables that serialized tables hold as numbers.":                   "序列化的表中用编号代替的元表。",
	"The name of the jobs.":                                                "作业的名字。",
	"Scripts that run before, by path, file or name.":                      "先运行的脚本，用路径、文件名或名字。",
	"An attempt that takes longer is stopped.":                             "一次尝试超过此时长则停止。",
	"A job that uses more memory is stopped.":                              "作业使用的内存超过此值则停止。",
	"How often a job is tried again after an error marked retryable.":      "出现标记为可重试的错误后重试几次。",
	"The wait before the first retry. It doubles before each further one.": "首次重试前的等待，此后每次加倍。",
	"The jobs run with each combination of the values.":                    "对这些值的每种组合各运行一次。",

	// Commands.
	"Explain a command, a flag, or what scripts can use":  "说明命令、选项或脚本可用的内容",
	"Print a script that lets Tab complete command lines": "打印让 Tab 补全命令行的脚本",
}
