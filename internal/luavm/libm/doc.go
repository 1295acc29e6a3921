// Package libm has the functions of mathematics that LuaJIT takes from C's libm and that
// package math computes less exactly: exp, the logarithms, pow and the functions of
// angles. Their results are the float64 nearest to the exact one nearly always, as those
// of libm are, so both agree. Random gives LuaJIT's random numbers.
//
// It imports nothing of this module.
package libm
