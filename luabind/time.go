package luabind

import (
	"fmt"
	"time"

	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	timeSig = newSignature("time", "text", "zone?")
	dateSig = newSignature("date", "us", "zone?")
)

// Zone returns the zone of times that name none, in the scripts of s.
func Zone(s *luavm.State) *time.Location { return ofState(s).zone }

// SetZone sets the zone of times that name none. Without it the zone is
// Asia/Shanghai.
func (m *Module) SetZone(zone *time.Location) { m.zone = zone }

// zone returns argument i, the name of a time zone. It returns the zone of the
// state if the argument is nil or absent.
func (s *signature) zone(c *luavm.Call, i int) *time.Location {
	if c.Arg(i).IsNil() {
		return Zone(c.State())
	}
	zone, err := time.LoadLocation(s.str(c, i))
	if err != nil {
		s.bad(c, i, `name of a time zone such as "Asia/Shanghai" or "UTC"`)
	}
	return zone
}

func parseTime(c *luavm.Call) {
	s := &timeSig
	us, err := tick.ParseTime(s.str(c, 1), s.zone(c, 2), time.Now())
	if err != nil {
		s.throw(c, &argError{1, fmt.Errorf("%w, got %s", err, describe(c, 1))})
	}
	c.Return(luavm.Int(int(us)))
}

func formatTime(c *luavm.Call) {
	c.Return(luavm.Part(tick.FormatTime(dateSig.time(c, 1), dateSig.zone(c, 2))))
}
