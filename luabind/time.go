package luabind

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

var (
	timeSig = newSignature("time", "text", "zone?")
	dateSig = newSignature("date", "us", "zone?")
)

// Zone returns the zone of times that name none, in the scripts of L.
func Zone(L *lua.LState) *time.Location { return moduleOf(L).zone }

// SetZone sets the zone of times that name none. Without it the zone is
// Asia/Shanghai.
func (m *Module) SetZone(zone *time.Location) { m.zone = zone }

// zone returns argument i, the name of a time zone. It returns the zone of the
// state if the argument is nil or absent.
func (s *signature) zone(L *lua.LState, i int) *time.Location {
	if L.Get(i) == lua.LNil {
		return Zone(L)
	}
	zone, err := time.LoadLocation(s.str(L, i))
	if err != nil {
		s.bad(L, i, `name of a time zone such as "Asia/Shanghai" or "UTC"`)
	}
	return zone
}

func parseTime(L *lua.LState) int {
	s := &timeSig
	us, err := tick.ParseTime(s.str(L, 1), s.zone(L, 2), time.Now())
	if err != nil {
		s.throw(L, &argError{1, fmt.Errorf("%w, got %s", err, describe(L, 1))})
	}
	L.Push(lua.LNumber(us))
	return 1
}

func formatTime(L *lua.LState) int {
	L.Push(lua.LString(tick.FormatTime(dateSig.time(L, 1), dateSig.zone(L, 2))))
	return 1
}
