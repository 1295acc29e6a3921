// Package tablefile writes tables for other programs: CSV, Parquet and JSON lines, as they
// are or compressed. A file gets its name when it is complete.
//
// Of this module it imports internal/suggest and internal/tick.
package tablefile
