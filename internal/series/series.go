package series

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"microts/internal/hugepage"
)

// Series is a column of numbers. Nobody changes the slices after it is made: other series
// may share them.
type Series struct {
	Values []float64
	Times  []int64 // the axis in µs since 1970, as long as Values; nil if there is none
}

// Len returns the number of values.
func (x Series) Len() int { return len(x.Values) }

// with returns other values on the axis of x.
func (x Series) with(values []float64) Series { return Series{values, x.Times} }

// Slice returns the values from index i to before index j, on their axis.
func (x Series) Slice(i, j int) Series {
	y := Series{Values: x.Values[i:j:j]}
	if x.Times != nil {
		y.Times = x.Times[i:j:j]
	}
	return y
}

// Memory calls count for the memory of the values and for that of the axis: with an
// address by which it is known again in another series that shares it, and the size in
// bytes.
func (x Series) Memory(count func(at *byte, bytes int64) (first bool)) {
	const size = 8
	count((*byte)(unsafe.Pointer(unsafe.SliceData(x.Values))), size*int64(cap(x.Values)))
	count((*byte)(unsafe.Pointer(unsafe.SliceData(x.Times))), size*int64(cap(x.Times)))
}

// Axis returns the axis that the result of an operation on x and y has: that of either, if
// the other has none. The error says that the lengths or the axes differ.
func Axis(x, y Series) ([]int64, error) {
	switch {
	case len(x.Values) != len(y.Values):
		return nil, &LengthError{len(x.Values), len(y.Values)}
	case x.Times == nil:
		return y.Times, nil
	case y.Times == nil || unsafe.SliceData(x.Times) == unsafe.SliceData(y.Times) || slices.Equal(x.Times, y.Times):
		return x.Times, nil
	}
	for i, t := range x.Times {
		if t != y.Times[i] {
			return nil, &AxisError{i, t, y.Times[i]}
		}
	}
	return x.Times, nil
}

// LengthError says that two series have different lengths.
type LengthError struct{ X, Y int }

func (e *LengthError) Error() string {
	return fmt.Sprintf("lengths differ: %d and %d", e.X, e.Y)
}

// AxisError says that the axes of two series differ.
type AxisError struct {
	Index int // of the first difference, from 0
	X, Y  int64
}

func (e *AxisError) Error() string {
	return fmt.Sprintf("the time axes differ: row %d has %d µs in one and %d µs in the other; join them first", e.Index+1, e.X, e.Y)
}

// Errors of a window of time.
var (
	// ErrNoAxis is returned when a series without a time axis is to be rolled over time.
	ErrNoAxis = errors.New("the series has no time axis, which a window of time needs")

	// ErrUnsorted is returned when the times of a series do not ascend.
	ErrUnsorted = errors.New("the times of the series do not ascend, which a window of time needs")
)

// Calc does operations that may take long. The zero value is ready to use.
type Calc struct {
	Stop  func()      // called every few thousand steps; it may panic, which ends the operation
	Alloc func(n int) // called before n float64 are allocated; it may panic
}

// block is how many values are handled between two calls of Stop. Two operands and a
// result of this length fit into a first-level cache.
const block = 1024

// make returns n values.
func (c Calc) make(n int) []float64 {
	if c.Alloc != nil {
		c.Alloc(n)
	}
	return hugepage.Make[float64](n)
}

// stop calls Stop. step counts the calls: only one of 16 does.
func (c Calc) stop(step int) {
	if c.Stop != nil && step%16 == 0 {
		c.Stop()
	}
}

// blocks calls do with the ends of consecutive blocks of n values.
func (c Calc) blocks(n int, do func(from, to int)) {
	for from, step := 0, 1; from < n; from, step = from+block, step+1 {
		do(from, min(from+block, n))
		c.stop(step)
	}
}

var nan = math.NaN()
