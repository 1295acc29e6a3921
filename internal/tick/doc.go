// Package tick is the vocabulary of ticks: what an instrument, a symbol, a record,
// a point, a time and a range are, how each is read and written, and what a Source
// of ticks promises.
//
// It knows neither RocksDB nor Lua.
//
// It imports nothing of this module.
package tick
