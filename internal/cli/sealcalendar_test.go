package cli

import (
	"testing"

	"microts/internal/calendar"
)

// TestDaysOfAnArchiveAreTradingDays: by the rule that a calendar gives, each session belongs
// to its trading day.
func TestDaysOfAnArchiveAreTradingDays(t *testing.T) {
	for _, name := range calendar.Names {
		c, err := calendar.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rule, err := ruleOf(name)
		if err != nil {
			t.Fatal(err)
		}
		known := c.Known()
		days, err := c.Days(max(known.From, known.To-1500), known.To)
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range days {
			sessions, err := c.Sessions(day)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range sessions {
				for _, us := range []int64{s.Auction, s.Start, s.Stop} {
					if got, err := rule.Of(us); got != day.String() || err != nil {
						t.Fatalf("%s: %d is a part of %s (error %v), not of %v", name, us, got, err, day)
					}
				}
			}
		}
	}
	if _, err := ruleOf("cm"); err == nil || err.Error() != `--calendar: there is no calendar "cm"; did you mean "cn"?` {
		t.Errorf("the error is %v", err)
	}
}
