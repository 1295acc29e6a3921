// Package source opens what ticks are read from: databases in folders, archives on object
// stores, and a database with an archive as one. A [Source] is what a script's handle, the
// console and a batch hold: they read all kinds alike, and only what writes, or needs
// RocksDB, asks for the database.
//
// [Env.Open] opens Sources; an [Env] owns those that are open in a process.
//
// Of this module it imports internal/archive, internal/objects, internal/tick and store.
package source
