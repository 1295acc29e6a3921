package batch

import (
	"strconv"

	"microts/internal/archive"
	"microts/internal/source"
	"microts/internal/tick"
)

// jobTicks are the ticks that a job is about, as far as its parameters market, code and date
// say so.
type jobTicks struct {
	market byte   // 0: all
	code   string // "": all of the market
	date   string // as in "2026-11-24"; "": all days
}

// ticksOf returns the ticks that parameters are about.
func ticksOf(params Params) (t jobTicks) {
	if market, _ := params.Get("market").(string); len(market) == 1 {
		t.market = market[0]
	}
	if t.market != 0 {
		switch code := params.Get("code").(type) {
		case string:
			t.code = code
		case float64:
			t.code = strconv.FormatFloat(code, 'f', -1, 64)
		}
	}
	if date, _ := params.Get("date").(string); date != "" {
		if day, err := parseDay(date, tick.Shanghai); err == nil {
			t.date = day.String()
		}
	}
	return t
}

// day returns the day of an archive, as in "S/2026-11-24", or only its date if the market is
// any.
func (t *jobTicks) day() string {
	if t.market == 0 {
		return t.date
	}
	return archive.Day{Market: t.market, Date: t.date}.String()
}

// weights are how much work jobs are, by Job.ID: nil: nobody knows.
type weights map[int]int64

// jobWeight is what a job weighs besides its ticks.
const jobWeight = 1000

// of returns the weight of a group of jobs.
func (w weights) of(group []*Job) (sum int64) {
	for _, j := range group {
		sum += jobWeight + w[j.ID]
	}
	return sum
}

// weigh returns how many ticks the jobs are about, from the manifests of the archive. It
// reads those of the days that it needs.
func (p *Plan) weigh(db *source.Source) (weights, error) {
	if db == nil || db.Archive() == nil {
		return nil, nil
	}
	a := db.Archive()
	days, err := a.Days(0)
	if err != nil {
		return nil, err
	}
	about := make([]jobTicks, len(p.Jobs))
	all, dates := false, map[string]bool{} // what jobs are about
	for i, j := range p.Jobs {
		about[i] = ticksOf(j.Params)
		dates[about[i].date] = true
		all = all || about[i].date == "" && about[i].market != 0
	}
	t := newTickCounts()
	err = eachDay(a, neededDays(days, all, dates), t.add)
	if err != nil {
		return nil, err
	}
	w := weights{}
	for i, j := range p.Jobs {
		w[j.ID] = t.count(&about[i])
	}
	return w, nil
}

// neededDays returns the days that are among dates, or all.
func neededDays(days []archive.Day, all bool, dates map[string]bool) (needed []archive.Day) {
	for _, d := range days {
		if all || dates[d.Date] {
			needed = append(needed, d)
		}
	}
	return needed
}

// tickCounts are the numbers of ticks of days.
type tickCounts struct {
	names map[tick.Name]int  // index in each of days, and in whole
	days  map[string][]int64 // by Day.String()
	whole []int64            // of all days
	sums  map[string]int64   // of all instruments, by Day.String(), by date, and by market
}

func newTickCounts() *tickCounts {
	return &tickCounts{names: map[tick.Name]int{}, days: map[string][]int64{}, sums: map[string]int64{}}
}

// add adds a day.
func (t *tickCounts) add(d archive.Day, codes []archive.CodeRows) {
	for _, c := range codes {
		if _, ok := t.names[c.Name]; !ok {
			t.names[c.Name] = len(t.whole)
			t.whole = append(t.whole, 0)
		}
	}
	day := make([]int64, len(t.whole))
	for _, c := range codes {
		i := t.names[c.Name]
		day[i] += c.Rows
		t.whole[i] += c.Rows
		for _, sum := range []string{d.String(), d.Date, string(rune(d.Market))} {
			t.sums[sum] += c.Rows
		}
	}
	t.days[d.String()] = day
}

// count returns how many ticks there are.
func (t *tickCounts) count(of *jobTicks) int64 {
	if of.code == "" {
		if of.date == "" {
			return t.sums[string(rune(of.market))]
		}
		return t.sums[of.day()]
	}
	name, err := tick.NewName(of.market, of.code)
	if err != nil {
		return 0
	}
	i, ok := t.names[name]
	if !ok {
		return 0
	}
	counts := t.whole
	if of.date != "" {
		counts = t.days[of.day()]
	}
	if i >= len(counts) {
		return 0
	}
	return counts[i]
}
