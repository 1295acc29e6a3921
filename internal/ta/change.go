package ta

import "microts/internal/series"

// ring holds the last n values.
type ring struct {
	values []float64
	n, at  int
}

func newRing(n int) ring { return ring{n: n} }

// push adds a value and returns the one that came n values before it: NaN if there is none.
func (r *ring) push(x float64) (old float64) {
	if len(r.values) < r.n {
		r.values = append(r.values, x)
		return nan
	}
	old, r.values[r.at] = r.values[r.at], x
	if r.at++; r.at == r.n {
		r.at = 0
	}
	return old
}

// MOM is the momentum: x - x[n rows before].
type MOM struct{ then ring }

// NewMOM returns the MOM of n rows.
func NewMOM(n int) *MOM { return &MOM{newRing(n)} }

// Push goes to the next row.
func (m *MOM) Push(x float64) float64 { return x - m.then.push(x) }

// ROC is the rate of change: (x / x[n rows before] - 1) * 100; 0 if the divisor is 0.
type ROC struct{ then ring }

// NewROC returns the ROC of n rows.
func NewROC(n int) *ROC { return &ROC{newRing(n)} }

// Push goes to the next row.
func (r *ROC) Push(x float64) float64 {
	then := r.then.push(x)
	if then == 0 && x == x {
		return 0
	}
	return (x/then - 1) * 100
}

// RSI is Wilder's relative strength index: 100 * rises / (rises + falls), of Wilder's
// averages of the rises and of the falls from row to row; 0 if there are none.
type RSI struct {
	begun       bool
	last        float64
	rises, fall smoothing
}

// NewRSI returns the RSI of n rows.
func NewRSI(n int) *RSI { return &RSI{rises: wilder(n), fall: wilder(n)} }

// Push goes to the next row.
func (r *RSI) Push(x float64) float64 {
	if !finite(x) {
		return nan
	}
	change := x - r.last
	r.last = x
	if !r.begun {
		r.begun = true
		return nan
	}
	rise, ok := r.rises.push(max(change, 0))
	fall, _ := r.fall.push(max(-change, 0))
	switch {
	case !ok:
		return nan
	case rise+fall == 0:
		return 0
	}
	return 100 * (rise / (rise + fall))
}

// OBV is the on balance volume: the sum of the volumes of the rows that closed higher than
// the one before, less those that closed lower. The first volume counts too.
type OBV struct {
	begun bool
	last  float64
	sum   series.Sum
}

// NewOBV returns an OBV.
func NewOBV() *OBV { return &OBV{} }

// Push goes to the next row.
func (o *OBV) Push(close, volume float64) float64 {
	if !finite(close, volume) {
		return nan
	}
	switch {
	case !o.begun || close > o.last:
		o.sum.Add(volume)
	case close < o.last:
		o.sum.Add(-volume)
	}
	o.begun, o.last = true, close
	return o.sum.Value()
}

// MFI is the money flow index: 100 * rising / (rising + falling), of the turnover (typical
// price times volume) of the rows whose typical price, (high+low+close)/3, is above that of
// the row before, or below it. It is 0 if there is no such turnover; TA-Lib says 0 below 1.
type MFI struct {
	last            float64
	rising, falling *series.Rolling
}

// NewMFI returns the MFI of n rows.
func NewMFI(n int) *MFI {
	return &MFI{nan, rolling(n, series.RollSum), rolling(n, series.RollSum)}
}

// Push goes to the next row.
func (m *MFI) Push(high, low, close, volume float64) float64 {
	typical := (high + low + close) / 3
	change, turnover := typical-m.last, typical*volume
	m.last = typical
	up, down := 0.0, 0.0
	switch {
	case change != change || turnover != turnover:
		up, down = nan, nan
	case change > 0:
		up = turnover
	case change < 0:
		down = turnover
	}
	up, down = m.rising.Push(up), m.falling.Push(down)
	if up+down == 0 {
		return 0
	}
	return 100 * (up / (up + down))
}

// VWAP is the mean price weighted by volume: sum of price*volume / sum of volume, NaN if the
// latter is 0.
type VWAP struct {
	amount, volume             series.Sum      // of all rows, or
	windowAmount, windowVolume *series.Rolling // of the last ones
}

// NewVWAP returns the VWAP of the last n rows, or of all so far if n is 0.
func NewVWAP(n int) *VWAP {
	if n == 0 {
		return &VWAP{}
	}
	return &VWAP{windowAmount: rolling(n, series.RollSum), windowVolume: rolling(n, series.RollSum)}
}

// Push goes to the next row.
func (v *VWAP) Push(price, volume float64) float64 {
	if v.windowAmount != nil {
		return v.windowAmount.Push(price*volume) / v.windowVolume.Push(volume)
	}
	if !finite(price, volume) {
		return nan
	}
	v.amount.Add(price * volume)
	v.volume.Add(volume)
	return v.amount.Value() / v.volume.Value()
}
