// Package source opens what ticks are read from, whatever it is. A [Source] is what a
// script's handle, the console and a batch hold: they read all kinds alike, and only
// what writes, or needs RocksDB, asks for the database.
//
// Of this module it imports internal/tick and store.
package source
