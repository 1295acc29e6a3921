// Package series computes with series: columns of float64, most often with a time axis.
//
// A [Series] is never changed once it is made, so that operations share values and axes.
// A [Calc] does operations on whole series: arithmetic and comparisons ([Calc.Binary]),
// changes from row to row (shift.go), cumulative ones (cumulate.go), ranks, and sums that
// give one number (reduce.go). [Rolling] and [Ewm] go over a series value by value; an
// operation on a whole series runs the same operator, so that both give the same bits.
//
// A missing value is NaN. Operations on rows give NaN where an operand is NaN; comparisons
// give 0. Sums over a series leave NaN out, as pandas does. How windows treat it is said
// at [Window].
//
// Of this module it imports internal/hugepage.
package series
