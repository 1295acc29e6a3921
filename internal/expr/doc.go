// Package expr evaluates arithmetic over columns of numbers: "ask - bid",
// "qty * (side > 0)", "max(price, 10) / 2".
//
// It imports nothing of this module.
package expr
