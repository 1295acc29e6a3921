// Package bars makes bars of ticks, and longer bars of bars.
//
// A Builder reads ticks in blocks, in the order of time, and gives the same bits however
// they were cut into blocks. A bar stands for the half-open time from its start to its
// stop; the last bar of a session includes its stop, and the first one the auction before
// it. Ticks at other times, when a calendar says that there is no trading, belong to no bar
// and are counted.
//
// Of this module it imports internal/agg, internal/calendar, internal/expr, internal/suggest and internal/tick.
package bars
