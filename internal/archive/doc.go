// Package archive keeps days of ticks that are over: sealed, as Parquet on an object
// store, published once, and read by every machine.
//
// [Seal] writes a day (seal.go), and [Open] reads what was sealed: an [Archive] is a
// tick.ColumnSource. A [Union] is a database and an archive as one. [Verify], [Unseal],
// [GC] and [Prune] are for who looks after an archive.
//
// What stands where in a store is in layout.go, what a manifest says in manifest.go. A
// read goes from Archive (source.go, scan.go) over manifests (shared.go) to the groups of
// rows that it needs (plan.go), whose bytes come from the cache or the store (fetch.go,
// cache.go).
//
// Of this module it imports internal/objects, internal/tick and internal/tickfile.
package archive
