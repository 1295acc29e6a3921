// Command peers measures microts against DuckDB at the same work on the same files: the
// imports of a week of 50 instruments from CSV and of 5 million ticks from Parquet, the
// week's VWAPs, as-of joins of a million rows against a million, 1 s bars of 5 million ticks
// in Parquet, and exports. Both sides run in turn, several times; it prints the medians and
// their ratio.
//
// Times are those of whole processes, but for VWAPs, joins and bars, which are measured
// inside, the second time: a script and a session of DuckDB are up already. The VWAPs are
// computed of the ticks that each side stores: rows of RocksDB here, columns there.
//
// Of this module it imports internal/peers.
package main
