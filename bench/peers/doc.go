// Command peers measures microts against DuckDB at the same work on the same files: the
// imports of a week of 50 instruments from CSV and of 5 million ticks from Parquet, 1 s bars
// of 5 million ticks in Parquet, and exports. Both sides run in turn, several times; it prints the medians and their ratio.
//
// Times are those of whole processes, but for the bars, which are measured inside: a
// script that makes bars and a session of DuckDB are up already.
//
// Of this module it imports internal/peers.
package main
