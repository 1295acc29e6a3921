// Package importer makes ticks of files that people have: CSV, JSON lines and Parquet.
//
// The rows of a file go through four stages. A reader cuts the file into blocks of whole
// rows (csv.go, parquet.go). Workers, one for each core, make ticks of the rows of a
// block: a plan (plan.go) computes each field of a tick from the columns with an
// expression (expr.go, eval.go), which a Preset (preset.go) or the user gave; cells that
// are plain need none (direct.go). One goroutine takes the batches of ticks (batch.go) in
// the order of the file and numbers the ticks of one time (seq.go), so the result does not
// depend on the number of workers. A writer sorts ticks by instrument and writes them
// (write.go); batches are not copied on their way.
//
// Of this module it imports internal/suggest, internal/tick and store.
package importer
