// Package sst reads RocksDB's table files without RocksDB, one block at a time, so that
// a damaged block costs its own keys and no others. It reads what RocksDB 7.8 writes:
// block-based tables of format_version 1 to 5, with the checksums CRC-32C and XXH3 and
// every compression that RocksDB has on Linux.
//
// The bytes of a table file may be anything: reading them never panics, and takes
// memory for one index, one block and what the block holds.
//
// It imports nothing of this module.
package sst
