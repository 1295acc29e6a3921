package ta

// The columns that indicators are computed from.
var (
	closeOnly    = []string{"close"}
	highLow      = []string{"high", "low"}
	highLowClose = []string{"high", "low", "close"}
)

// Indicators are all indicators, in the order of the documents.
var Indicators = []Indicator{
	average("sma", "Simple moving average: the mean of the last `n` values.", 30, 1, -1, func(n int) func(float64) float64 { return NewSMA(n).Push }),
	average("ema", "Exponential moving average with the weight 2/(n+1). It begins with the mean of the first `n` values.", 30, 1, -1, func(n int) func(float64) float64 { return NewEMA(n).Push }),
	average("wma", "Weighted moving average: the newest value weighs `n`, the one before it n-1, ..., the oldest 1.", 30, 1, -1, func(n int) func(float64) float64 { return NewWMA(n).Push }),
	average("dema", "Double exponential moving average: 2 ema - ema of ema.", 30, 2, -2, func(n int) func(float64) float64 { return NewDEMA(n).Push }),
	average("tema", "Triple exponential moving average: 3 ema - 3 ema of ema + ema of ema of ema.", 30, 3, -3, func(n int) func(float64) float64 { return NewTEMA(n).Push }),
	average("trima", "Triangular moving average: the mean of means, the values in the middle weigh most.", 30, 1, -1, func(n int) func(float64) float64 { return NewTRIMA(n).Push }),
	{
		Name: "t3", Inputs: closeOnly, Outputs: []string{"t3"},
		Params:   []Param{period("n", 5), {"factor", 0.7, 0, 1, false}},
		Help:     "Tillson's T3: six ema one of the other, joined by a volume factor.",
		lookback: func(p []float64) int { return 6 * (int(p[0]) - 1) },
		make:     func(p []float64) step { return one(NewT3(int(p[0]), p[1]).Push) },
	},
	average("rsi", "Relative strength index by Wilder: the part of the rises in all changes, 0 to 100.", 14, 1, 0, func(n int) func(float64) float64 { return NewRSI(n).Push }),
	{
		Name: "macd", Inputs: closeOnly, Outputs: []string{"macd", "signal", "histogram"},
		Params:   []Param{period("fast", 12), period("slow", 26), period("signal", 9)},
		Help:     "Moving average convergence divergence: ema of `fast` less ema of `slow` rows, the ema of that, and the difference of the two.",
		lookback: func(p []float64) int { return int(max(p[0], p[1])+p[2]) - 2 },
		make: func(p []float64) step {
			m := NewMACD(int(p[0]), int(p[1]), int(p[2]))
			return func(in, out []float64) { out[0], out[1], out[2] = m.Push(in[0]) }
		},
	},
	{
		Name: "boll", Inputs: closeOnly, Outputs: []string{"upper", "middle", "lower"},
		Params:   []Param{period("n", 5), {"up", 2, -1e6, 1e6, false}, {"down", 2, -1e6, 1e6, false}},
		Help:     "Bollinger bands, TA-Lib's BBANDS: the mean of the last `n` values, and that with so many standard deviations (ddof 0) more and less.",
		lookback: func(p []float64) int { return int(p[0]) - 1 },
		make: func(p []float64) step {
			b := NewBOLL(int(p[0]), p[1], p[2])
			return func(in, out []float64) { out[0], out[1], out[2] = b.Push(in[0]) }
		},
	},
	{
		Name: "atr", Inputs: highLowClose, Outputs: []string{"atr"}, Params: []Param{period("n", 14)},
		Help:     "Average true range by Wilder.",
		lookback: first,
		make:     func(p []float64) step { return three(NewATR(int(p[0])).Push) },
	},
	{
		Name: "adx", Inputs: highLowClose, Outputs: []string{"adx"}, Params: []Param{period("n", 14)},
		Help:     "Average directional movement index by Wilder, 0 to 100.",
		lookback: func(p []float64) int { return 2*int(p[0]) - 1 },
		make:     func(p []float64) step { return three(NewADX(int(p[0])).Push) },
	},
	{
		Name: "stoch", Inputs: highLowClose, Outputs: []string{"k", "d"},
		Params:   []Param{period("fast_k", 5), period("slow_k", 3), period("slow_d", 3)},
		Help:     "Slow stochastic: where the close lies between the lowest low and the highest high of `fast_k` rows, 0 to 100, averaged over `slow_k` rows, and that over `slow_d` rows.",
		lookback: func(p []float64) int { return int(p[0]+p[1]+p[2]) - 3 },
		make: func(p []float64) step {
			s := NewSTOCH(int(p[0]), int(p[1]), int(p[2]))
			return func(in, out []float64) { out[0], out[1] = s.Push(in[0], in[1], in[2]) }
		},
	},
	{
		Name: "kdj", Inputs: highLowClose, Outputs: []string{"k", "d", "j"},
		Params:   []Param{period("n", 9), period("m1", 3), period("m2", 3)},
		Help:     "The stochastic with Wilder's averages, and J = 3K - 2D.",
		lookback: func(p []float64) int { return int(p[0]+p[1]+p[2]) - 3 },
		make: func(p []float64) step {
			k := NewKDJ(int(p[0]), int(p[1]), int(p[2]))
			return func(in, out []float64) { out[0], out[1], out[2] = k.Push(in[0], in[1], in[2]) }
		},
	},
	{
		Name: "cci", Inputs: highLowClose, Outputs: []string{"cci"}, Params: []Param{period("n", 14)},
		Help:     "Commodity channel index: how far the typical price is from its mean, in 0.015 mean distances.",
		lookback: before,
		make:     func(p []float64) step { return three(NewCCI(int(p[0])).Push) },
	},
	{
		Name: "willr", Inputs: highLowClose, Outputs: []string{"willr"}, Params: []Param{period("n", 14)},
		Help:     "Williams' %R: how far the close is below the highest high of `n` rows, -100 to 0.",
		lookback: before,
		make:     func(p []float64) step { return three(NewWILLR(int(p[0])).Push) },
	},
	average("mom", "Momentum: the change over `n` rows.", 10, 1, 0, func(n int) func(float64) float64 { return NewMOM(n).Push }),
	average("roc", "Rate of change: the change over `n` rows in percent.", 10, 1, 0, func(n int) func(float64) float64 { return NewROC(n).Push }),
	{
		Name: "obv", Inputs: []string{"close", "volume"}, Outputs: []string{"obv"},
		Help:     "On balance volume: the sum of the volumes, with a minus where the close falls.",
		lookback: func([]float64) int { return 0 },
		make: func([]float64) step {
			o := NewOBV()
			return func(in, out []float64) { out[0] = o.Push(in[0], in[1]) }
		},
	},
	{
		Name: "sar", Inputs: highLow, Outputs: []string{"sar"},
		Params:   []Param{{"acceleration", 0.02, 0, 1e6, false}, {"maximum", 0.2, 0, 1e6, false}},
		Help:     "Parabolic stop and reverse by Wilder.",
		lookback: func([]float64) int { return 1 },
		make: func(p []float64) step {
			s := NewSAR(p[0], p[1])
			return func(in, out []float64) { out[0] = s.Push(in[0], in[1]) }
		},
	},
	average("trix", "The change of the triple ema in percent.", 30, 3, -2, func(n int) func(float64) float64 { return NewTRIX(n).Push }),
	{
		Name: "aroon", Inputs: highLow, Outputs: []string{"down", "up"}, Params: []Param{period("n", 14)},
		Help:     "Aroon: how long ago the lowest low and the highest high of n+1 rows were, 100 for the last row, 0 for the first.",
		lookback: first,
		make: func(p []float64) step {
			a := NewAROON(int(p[0]))
			return func(in, out []float64) { out[0], out[1] = a.Push(in[0], in[1]) }
		},
	},
	{
		Name: "mfi", Inputs: []string{"high", "low", "close", "volume"}, Outputs: []string{"mfi"}, Params: []Param{period("n", 14)},
		Help:     "Money flow index: the part of the turnover of rows with a rising typical price, 0 to 100.",
		lookback: first,
		make: func(p []float64) step {
			m := NewMFI(int(p[0]))
			return func(in, out []float64) { out[0] = m.Push(in[0], in[1], in[2], in[3]) }
		},
	},
	{
		Name: "vwap", Inputs: []string{"price", "volume"}, Outputs: []string{"vwap"}, Params: []Param{{"n", 0, 0, mostPeriod, true}},
		Help:     "Mean price weighted by volume, of all rows so far, or of the last `n`. TA-Lib has none.",
		lookback: func(p []float64) int { return max(int(p[0])-1, 0) },
		make: func(p []float64) step {
			v := NewVWAP(int(p[0]))
			return func(in, out []float64) { out[0] = v.Push(in[0], in[1]) }
		},
	},
}

// average returns an indicator of one column with one parameter, a period n. Its lookback
// is times*n + more.
func average(name, help string, preset, times, more int, push func(n int) func(float64) float64) Indicator {
	return Indicator{
		Name: name, Inputs: closeOnly, Outputs: []string{name}, Params: []Param{period("n", preset)}, Help: help,
		lookback: func(p []float64) int { return times*int(p[0]) + more },
		make:     func(p []float64) step { return one(push(int(p[0]))) },
	}
}

func first(p []float64) int  { return int(p[0]) }
func before(p []float64) int { return int(p[0]) - 1 }

func one(push func(float64) float64) step {
	return func(in, out []float64) { out[0] = push(in[0]) }
}

func three(push func(a, b, c float64) float64) step {
	return func(in, out []float64) { out[0] = push(in[0], in[1], in[2]) }
}
