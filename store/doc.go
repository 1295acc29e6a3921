// Package store keeps ticks in RocksDB: it encodes keys, buffers and commits
// writes, recovers them after a crash, and reads single rows and ranges.
//
// The way of a write: [DB] -> write chain (buffer.go, chain.go) -> RocksDB.
// The way of a read: [DB] -> read-ahead block or point lookup (readahead.go,
// get.go), or [Scan] (scan.go), each of them through the one C file block.c.
//
// store knows nothing of Lua. It may import grocksdb, golang.org/x/sys and the
// standard library, and nothing of this module.
package store
