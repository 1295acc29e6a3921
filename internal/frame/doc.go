// Package frame has frames: named columns of one length, most often with a time axis. It
// reads them from ticks, selects and sorts rows, aggregates groups, and joins frames in
// time.
//
// A [Frame] and its [Column]s never change, so frames share columns, and any number of
// goroutines may read one. Only Column.Floats keeps what it made, and is for one goroutine.
//
// An operation that may take long or much memory gets a [Host]: it asks it for room before
// it allocates, and now and then whether it should stop.
//
// Of this module it imports internal/agg, internal/bars, internal/expr, internal/hugepage, internal/packformat, internal/suggest and internal/tick.
package frame
