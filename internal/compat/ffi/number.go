package ffi

import "math"

// unsigned converts a number to 64 bits as C compiled for x86-64 does: towards
// zero, a negative number in two's complement. NaN becomes 2^63; 2^64 and above
// become 0.
func unsigned(f float64) uint64 {
	switch {
	case f != f:
		return 1 << 63
	case f < 0:
		return uint64(int64(f))
	case f < 1<<64:
		return uint64(f)
	}
	return 0
}

// toInt32 converts a number to 32 bits as x86-64 does: towards zero. NaN and a number out of
// range become -2^31. LuaJIT cuts the result to the integers of 8 and 16 bits, so these
// become 0.
func toInt32(f float64) int32 {
	if f > math.MinInt32-1 && f < math.MaxInt32+1 {
		return int32(f)
	}
	return math.MinInt32
}

// lowBits converts a number as LuaBitOp does: rounded to the nearest integer, ties
// to the even one, modulo 2^32.
func lowBits(f float64) uint32 {
	const magic = 1<<52 + 1<<51 // after the addition the integer stands in the low bits
	return uint32(math.Float64bits(f + magic))
}
