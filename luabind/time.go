package luabind

import (
	"fmt"
	"math"
	"strings"
	"time"

	"microts/internal/luavm"
	"microts/internal/tick"
)

var (
	timeSig  = newSignature("time", "text", "zone?")
	parseSig = newSignature("parse", "text", "zone?")
	dateSig  = newSignature("date", "us", "zone?")
)

// Zone returns the zone of times that name none, in the scripts of s.
func Zone(s *luavm.State) *time.Location { return ofState(s).zone }

// SetZone sets the zone of times that name none. Without it the zone is
// Asia/Shanghai.
func (m *Module) SetZone(zone *time.Location) { m.zone = zone }

// ZoneArg returns argument i, the name of a time zone. It returns the zone of the state
// if the argument is nil, absent or "". If there is no such zone, err says what was
// expected and what came.
func ZoneArg(c *luavm.Call, i int) (zone *time.Location, err error) {
	const want = `name of a time zone such as "Asia/Shanghai" or "UTC"`
	v := c.Arg(i)
	if v.IsNil() || isText(v, "") {
		return Zone(c.State()), nil
	}
	if !v.IsString() {
		return nil, &valueError{want, describe(c, i)}
	}
	if zone, err = moduleOf(c).zoneNamed(v.Text()); err != nil {
		return nil, &valueError{want, describe(c, i)}
	}
	return zone, nil
}

// zoneNamed returns the zone of a name.
func (m *Module) zoneNamed(name string) (*time.Location, error) {
	if zone := m.zones[name]; zone != nil {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	if m.zones == nil {
		m.zones = map[string]*time.Location{}
	}
	m.zones[strings.Clone(name)] = zone
	return zone, nil
}

// zone returns argument i as ZoneArg does.
func (s *signature) zone(c *luavm.Call, i int) *time.Location {
	zone, err := ZoneArg(c, i)
	if err != nil {
		s.throw(c, &argError{i, err})
	}
	return zone
}

// ParseTime is parse(text [, zone]) of the module time: the function time of micro_ts.
func ParseTime(c *luavm.Call) { parseSig.parseTime(c) }

func parseTime(c *luavm.Call) { timeSig.parseTime(c) }

func (s *signature) parseTime(c *luavm.Call) {
	if v := c.Arg(1); v.IsNumber() && !(math.Abs(v.Float()) < maxExact) {
		s.bad(c, 1, "string, as a number of more than 15 digits is not exact,")
	}
	us, err := tick.ParseTime(s.text(c, 1), s.zone(c, 2), time.Now())
	if err != nil {
		s.throw(c, &argError{1, fmt.Errorf("%w, got %s", err, describe(c, 1))})
	}
	c.Return(luavm.Int(int(us)))
}

func formatTime(c *luavm.Call) {
	c.Return(luavm.Part(tick.FormatTime(dateSig.time(c, 1), dateSig.zone(c, 2))))
}
