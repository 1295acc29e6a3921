// Package tick is the vocabulary of ticks: instruments, symbols, records, points, times
// and ranges, the text and bytes of each, and the interface Source, from which ticks
// are read.
//
// It knows neither RocksDB nor Lua.
//
// It imports nothing of this module.
package tick
