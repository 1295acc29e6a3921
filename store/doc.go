// Package store keeps ticks in RocksDB. It encodes keys, collects writes in
// buffers and commits them, recovers them after a crash, and reads single ticks
// and ranges.
//
// An [Env] owns the open databases; [Env.Open] returns a [DB], which is a
// tick.Source that can be written to. A write goes from the DB through the write
// chain (chain.go, buffer.go) to RocksDB. A read goes from the DB through a point
// lookup (get.go), a scan (scan.go) or a read-ahead of one (readahead.go) to the one
// C file, block.c. Codes that do not fit into a key are in the dictionary
// (dictionary.go): DB.Find and DB.Define turn names into instruments, DB.Name turns them
// back. The next free seq of a time is known to seqs.go. What a database holds is listed in layout.go. [Check] reads all of
// that without RocksDB, and [Env.Repair] saves what can be read.
//
// Of this module it imports internal/sst, internal/suggest and internal/tick.
package store
