// Package ta has the indicators of technical analysis, with the names, formulas, defaults
// and warm-up of TA-Lib (https://ta-lib.org), in the state of its unstable period 0 and its
// default compatibility. Each file says where a formula comes from and where it differs.
//
// An indicator is an operator: a type whose Push takes the values of a row and returns those
// of the indicator. [Indicators] lists them all. An operation on whole series runs the same
// operator row by row, so both give the same bits.
//
// The warm-up is NaN. In a moving window (sma, wma, trima, boll, cci, willr, mom, roc,
// stoch, aroon, mfi), what is missing makes results NaN until it has left the window. What
// depends on all rows before (ema and what is made of it, rsi, atr, adx, sar, obv, kdj,
// vwap) leaves out rows in which a value is missing or infinite, and is NaN there.
//
// Of this module it imports internal/series.
package ta
