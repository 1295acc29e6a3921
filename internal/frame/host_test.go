package frame

import (
	"strconv"
	"testing"

	"microts/internal/bars"
)

// countingHost counts how often it is asked whether to stop.
type countingHost struct{ asked int }

func (*countingHost) Room(int)     {}
func (*countingHost) Free(int)     {}
func (h *countingHost) CheckStop() { h.asked++ }

// TestWorkOnWordsAndBarsAsksWhetherToStop: besides loops over rows there are those over the
// words of a column, and over bars of which longer ones are made.
func TestWorkOnWordsAndBarsAsksWhetherToStop(t *testing.T) {
	const steps = 4
	n := steps * stride
	times, codes, words, ones := make([]int64, n), make([]uint32, n), &Words{}, make([]float64, n)
	for i := range times {
		times[i], codes[i], ones[i] = int64(i), words.Code(strconv.Itoa(i*7919%n)), 1
	}
	f := newFrame(t, "ts", NewTimes("ts", times), NewText("name", codes, words))
	ticks := newFrame(t, "ts", NewTimes("ts", times), NewFloats("price", ones), NewFloats("qty", ones))
	short, err := ticks.Bars(NoHost, bars.Options{Width: 1})
	if err != nil || short.Rows() != n {
		t.Fatal(short, err)
	}
	const compared = 10 * steps // a sort compares each row with so many others, at least
	for _, op := range []struct {
		name  string
		least int
		do    func(Host) (*Frame, error)
	}{
		{"sort by texts", compared, func(h Host) (*Frame, error) { return f.Sort(h, "name", false) }},
		{"concat of texts", 6 * steps, func(h Host) (*Frame, error) { return Concat(h, f, f) }},
		{"bars of bars", steps, func(h Host) (*Frame, error) { return short.Bars(h, bars.Options{Width: 1 << 40}) }},
	} {
		h := &countingHost{}
		if _, err := op.do(h); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if h.asked < op.least {
			t.Errorf("%s: asked %d times, not %d", op.name, h.asked, op.least)
		}
	}
}
