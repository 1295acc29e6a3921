// Package exporter writes ticks into files for other programs: CSV, Parquet and JSON
// lines.
//
// Of this module it imports internal/tablefile and internal/tick.
package exporter
