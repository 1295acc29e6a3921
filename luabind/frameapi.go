package luabind

// FrameMethods are the methods of frames, in the order in which a user learns them.
var FrameMethods []Function

// GroupMethods are the methods of the groups of a frame.
var GroupMethods []Function

func init() { // not in the declarations: the methods make frames, which refer to them
	FrameMethods = []Function{
		define(&frameColumnsSig, frameColumns, true, "array of names", "Returns the names of the columns."),
		define(&frameHeadSig, frameHead, true, "frame", "Returns the first rows, 10 if no number is given."),
		define(&frameTailSig, frameTail, true, "frame", "Returns the last rows, 10 if no number is given."),
		define(&frameEachSig, frameEach, true, "iterator of values", "Iterates over the values of some columns, or of all, without a table a row. A missing number is NaN, a missing text `\"\"`."),
		define(&frameRowsSig, frameRows, true, "iterator of rows", "Iterates over the rows, each a table as `f[i]` returns it."),
		define(&frameSelectSig, frameSelect, true, "frame", "Returns some columns, in the order of their names in the call."),
		define(&frameWhereSig, frameWhere, true, "frame", "Returns the rows for which a mask, such as `f.price > 10`, is true. Or those whose columns have some values: `f:where{code = \"600519\"}`, `f:where{code = {\"600519\", \"000001\"}}`."),
		define(&frameSortSig, frameSort, true, "frame", "Returns the rows in the order of a column. Rows of equal values keep their order; missing values come last. Options: `descending`."),
		define(&frameWithSig, frameWith, true, "frame", "Returns the frame with more columns, or with others in their place: series, arrays, or a value that all rows get."),
		define(&frameConcatSig, frameConcat, true, "frame", "Returns the rows of this frame and then those of others, which have the same columns."),
		define(&frameGroupSig, frameGroup, true, "groups", "Groups the rows by equal values in some columns. `f:group()` makes one group of all rows."),
		define(&frameBarsSig, frameBars, true, "frame", "Makes bars of a frame of ticks, or longer bars of a frame of bars. Options: those of `bars`; without `session` bars lie on multiples of the width."),
		define(&frameAsofSig, frameAsof, true, "frame", "Joins each row with the last row of another frame at or before its time. The columns of rows without a partner are missing. Options: `within`, `strict`, `direction`, `suffix`, `by`."),
		define(&frameWindowSig, frameWindow, true, "frame", "Joins each row with aggregates of the rows of another frame from `from` to `to` around its time, both ends included. Options: `prevailing`, `by`."),
		define(&frameDescribeSig, frameDescribe, true, "frame", "Returns a row for each column: how many values it has, their mean, standard deviation, extremes and quartiles."),
		define(&frameWriteSig, frameWrite, true, "number of rows", "Writes the rows into a file: CSV, Parquet or JSON lines, by the ending of the path. Options: `format`, `tz`."),
		define(&frameAxisSig, frameAxis, true, "name or frame", "Returns the name of the time axis, or, given a column of times, the frame with that one as its axis. Joins go by the axis. That of ticks is `ts`, that of bars `stop`, when a bar is known."),
	}
	GroupMethods = []Function{
		define(&groupAggSig, groupAgg, true, "frame", "Returns a row for each group: its values, then aggregates such as `hi = {\"max\", \"price\"}`, of columns or of expressions of columns. There are sum mean min max first last std median quantile(q) count."),
		define(&groupFramesSig, groupFrames, true, "iterator of frame, values", "Iterates over the groups: a frame of the rows of each, and its values of the columns by which the rows are grouped."),
	}
}
