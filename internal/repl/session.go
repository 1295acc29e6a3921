package repl

import (
	"errors"
	"fmt"
	"time"
)

func (r *REPL) timeCommand(args []string) error {
	if len(args) != 1 || args[0] != "on" && args[0] != "off" {
		return errors.New("usage: .time on|off")
	}
	r.timing = args[0] == "on"
	return nil
}

// zoneCommand chooses the time zone of the console and of the scripts, or says
// which it is.
func (r *REPL) zoneCommand(args []string) error {
	if len(args) == 0 {
		fmt.Fprintln(r.w, r.zone)
		return nil
	}
	zone, err := time.LoadLocation(args[0])
	if err != nil {
		return fmt.Errorf("unknown time zone %q; there are Asia/Shanghai, Asia/Hong_Kong, America/New_York, UTC and others", args[0])
	}
	r.zone = zone
	r.State.SetZone(zone)
	return nil
}

func (r *REPL) clearCommand([]string) error {
	if r.Terminal && !r.dumb {
		fmt.Fprint(r.w, "\x1b[H\x1b[2J")
	}
	return nil
}
