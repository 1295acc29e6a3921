package cli

import (
	"fmt"

	"microts/internal/archive"
	"microts/internal/calendar"
)

// ruleOf returns the rule of the days of an archive that are the trading days of a calendar:
// they begin when its trading days do, and what begins on a weekend belongs to Monday if
// there are night sessions.
func ruleOf(nameOrPath string) (archive.DayRule, error) {
	c, err := calendar.Open(nameOrPath)
	if err != nil {
		return archive.DayRule{}, fmt.Errorf("--calendar: %w", err)
	}
	starts := c.DayStarts()
	return archive.DayRule{Zone: c.Zone().String(), Starts: starts, NextMonday: starts != archive.DefaultRule.Starts}, nil
}
