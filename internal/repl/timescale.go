package repl

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// timedBar is a bar and the times of its first and its last price, in µs.
type timedBar struct {
	first, last int64
	bar
}

// collector makes bars of prices in the order of their times. When there are too many it
// joins bars to longer ones, so its memory is bounded.
type collector struct {
	bars []timedBar
	step int // of fineSteps
}

// fineSteps are the lengths that a collector's bars may have, in µs. Each divides the next.
var fineSteps = []int64{1, 1e3, 1e4, 1e5, 1e6, 1e7, minute, 10 * minute, hour, dayLength}

// In µs.
const (
	minute    = 60e6
	hour      = 60 * minute
	dayLength = 24 * hour
)

const mostFine = 1 << 16 // bars of a collector

// add adds a price at a time.
func (c *collector) add(us int64, p float64) {
	n := len(c.bars)
	if n > 0 && us/fineSteps[c.step] == c.bars[n-1].first/fineSteps[c.step] {
		c.bars[n-1].last = us
		c.bars[n-1].add(p, false)
		return
	}
	for len(c.bars) == mostFine && c.step < len(fineSteps)-1 {
		c.step++
		c.join()
	}
	b := timedBar{first: us, last: us}
	b.add(p, true)
	c.bars = append(c.bars, b)
}

// join joins the bars that are in one step.
func (c *collector) join() {
	step, joined := fineSteps[c.step], c.bars[:1]
	for _, b := range c.bars[1:] {
		if last := &joined[len(joined)-1]; b.first/step == last.first/step {
			last.join(b)
		} else {
			joined = append(joined, b)
		}
	}
	c.bars = joined
}

// join adds the bar that follows.
func (b *timedBar) join(next timedBar) {
	b.last = next.last
	b.high, b.low, b.close = max(b.high, next.high), min(b.low, next.low), next.close
}

// plotColumn is a column of a plot: the bar of some time, or nil. first and last are the
// times of the bar's first and last price; of a column without a bar they are 0.
type plotColumn struct {
	start       time.Time // of the column
	opens       bool      // a break lies before it
	bar         *bar
	first, last int64
}

// plotSteps are the lengths that a column of a plot may have, in µs.
var plotSteps = func() (steps []int64) {
	for unit := int64(1); unit < 1e6; unit *= 10 {
		steps = append(steps, unit, 2*unit, 5*unit)
	}
	for _, s := range []int64{1, 2, 5, 10, 15, 20, 30} {
		steps = append(steps, s*1e6)
	}
	for _, m := range []int64{1, 2, 3, 5, 10, 15, 20, 30} {
		steps = append(steps, m*minute)
	}
	for _, h := range []int64{1, 2, 3, 4, 6, 12} {
		steps = append(steps, h*hour)
	}
	for _, d := range []int64{1, 2, 3, 4, 5} {
		steps = append(steps, d*dayLength)
	}
	for weeks := int64(1); weeks < 1<<20; weeks *= 2 {
		steps = append(steps, weeks*7*dayLength)
	}
	return steps
}()

// fit returns the columns of a plot of bars, at most width of them, and how long a column
// is: the shortest of plotSteps that does. Columns begin at round times of the zone. Between
// the bars of one session, a column without a bar stands for the time without ticks; a
// break has no columns.
func fit(bars []timedBar, width int, zone *time.Location) ([]plotColumn, int64) {
	longest := breakAfter(bars)
	for _, step := range plotSteps {
		if columns := columnsOfStep(bars, step, longest, width, zone); columns != nil {
			return columns, step
		}
	}
	return columnsOfStep(bars, plotSteps[len(plotSteps)-1], longest, len(bars), zone), plotSteps[len(plotSteps)-1]
}

// breakAfter returns the µs without ticks after which a session has ended: 20 minutes, or
// more if bars usually are further apart.
func breakAfter(bars []timedBar) int64 {
	const shortest, usual = 20 * minute, 5
	var gaps []int64
	for i := 1; i < len(bars); i++ {
		gaps = append(gaps, bars[i].first-bars[i-1].last)
	}
	if len(gaps) == 0 {
		return shortest
	}
	slices.Sort(gaps)
	return max(shortest, usual*gaps[len(gaps)/2])
}

// columnsOfStep returns the columns of a plot whose columns are step µs long; nil if they
// are more than width.
func columnsOfStep(bars []timedBar, step, longest int64, width int, zone *time.Location) (columns []plotColumn) {
	key := int64(0) // of the last column
	for i, b := range bars {
		at, start := stepOf(b.first, step, zone)
		n := len(columns)
		if n > 0 && at <= key { // < where clocks are set back
			last := &columns[n-1]
			joined := timedBar{last.first, last.last, *last.bar}
			joined.join(b)
			*last.bar, last.last = joined.bar, joined.last
			continue
		}
		opens := n == 0 || b.first-bars[i-1].last > longest
		if !opens {
			for missing := key + 1; missing < at; missing++ {
				if len(columns) == width {
					return nil
				}
				columns = append(columns, plotColumn{start: start.Add(-time.Duration(at-missing) * time.Duration(step) * time.Microsecond)})
			}
		}
		if len(columns) == width {
			return nil
		}
		if step > dayLength {
			start = time.UnixMicro(b.first).In(zone) // a round number of days says nothing
		}
		drawn := b.bar
		columns = append(columns, plotColumn{start, opens, &drawn, b.first, b.last})
		key = at
	}
	return columns
}

// stepOf returns which step of the zone's time holds a time, and when that begins.
func stepOf(us, step int64, zone *time.Location) (at int64, start time.Time) {
	t := time.UnixMicro(us).In(zone)
	_, offset := t.Zone()
	local := us + int64(offset)*1e6
	at = local / step
	if local < 0 {
		at = (local - step + 1) / step
	}
	return at, time.UnixMicro(at*step - int64(offset)*1e6).In(zone)
}

// timeAxis returns the axis below the columns of a plot: a line with marks, and under
// each mark its time.
func timeAxis(columns []plotColumn, step int64, zone *time.Location) string {
	line := []rune(strings.Repeat("─", len(columns)))
	var labels []rune
	taken := make([]bool, len(columns)+len("2006-01-02")+1)
	for _, m := range marks(columns, step, zone) {
		end := m.column + len(m.label)
		if m.column > 0 && taken[m.column-1] || slices.Contains(taken[m.column:min(end+1, len(taken))], true) {
			continue
		}
		for len(labels) < end {
			labels = append(labels, ' ')
		}
		copy(labels[m.column:], []rune(m.label))
		for i := m.column; i < min(end, len(taken)); i++ {
			taken[i] = true
		}
		line[m.column] = '┬'
	}
	margin := strings.Repeat(" ", labelWidth+1)
	return margin + "└" + string(line) + "\n" + margin + " " + string(labels) + "\n"
}

// mark is a column of a plot whose time is shown below it.
type mark struct {
	column int
	label  string
}

// marks returns the columns that may have labels, the more important ones first: where a
// day begins (of long plots a month or a year), then where a break ends, then round times.
func marks(columns []plotColumn, step int64, zone *time.Location) (all []mark) {
	first, last := columns[0].start, columns[len(columns)-1].start
	oneDay := first.Format(time.DateOnly) == last.Format(time.DateOnly)
	dayLayout := "01-02"
	if first.Year() != last.Year() {
		dayLayout = time.DateOnly
	}
	clock := "15:04"
	if step < 10e6 {
		clock = "15:04:05"
	}
	if slices.ContainsFunc(columns, func(c plotColumn) bool { return c.start.Nanosecond() != 0 }) {
		clock = "15:04:05.000000"
	}
	begins := func(layout string) (starts []int) {
		for i := range columns {
			if i == 0 || columns[i].start.Format(layout) != columns[i-1].start.Format(layout) {
				starts = append(starts, i)
			}
		}
		return starts
	}
	add := func(starts []int, layout string) {
		for _, i := range starts {
			all = append(all, mark{i, columns[i].start.Format(layout)})
		}
	}
	room := len(columns) / 7 // labels
	switch months := begins("2006-01"); {
	case oneDay:
		add([]int{0}, clock)
	case len(months) <= room/2+1:
		add(months, dayLayout)
		add(begins(time.DateOnly), dayLayout)
	case len(months) <= 2*room:
		add(months, "2006-01")
	default:
		add(begins("2006"), "2006")
	}
	if step >= dayLength {
		return all
	}
	var sessions []int
	for i := range columns {
		if columns[i].opens && i > 0 {
			sessions = append(sessions, i)
		}
	}
	add(sessions, clock)
	add(roundTimes(columns, step, len(clock)+3, zone), clock)
	return all
}

// roundTimes returns the columns at the multiples of the shortest of plotSteps that has
// them at least apart columns from each other.
func roundTimes(columns []plotColumn, step int64, apart int, zone *time.Location) (at []int) {
	i := slices.IndexFunc(plotSteps, func(s int64) bool { return s >= step*int64(apart) && s%step == 0 })
	if i < 0 || plotSteps[i] >= dayLength {
		return nil
	}
	for c := range columns {
		key, _ := stepOf(columns[c].start.UnixMicro(), plotSteps[i], zone)
		if c > 0 {
			if before, _ := stepOf(columns[c-1].start.UnixMicro(), plotSteps[i], zone); before == key {
				continue
			}
			at = append(at, c)
		}
	}
	return at
}

// spanOf returns how long a step of plotSteps is, as a person says it: "2 min", "1 day".
func spanOf(step int64) string {
	for _, unit := range []struct {
		us   int64
		name string
	}{{dayLength, "day"}, {hour, "h"}, {minute, "min"}, {1e6, "s"}, {1e3, "ms"}, {1, "µs"}} {
		if step < unit.us {
			continue
		}
		if n := step / unit.us; n > 1 && unit.us == dayLength {
			return fmt.Sprintf("%d days", n)
		}
		return fmt.Sprintf("%d %s", step/unit.us, unit.name)
	}
	return ""
}
