// Package agg aggregates numbers: sum, mean, std, quantile and their like, of one group
// after the other.
//
// NaN is a missing number, and left out. The result depends on the order of the numbers
// alone, not on how they came in blocks.
//
// Of this module it imports internal/suggest.
package agg
