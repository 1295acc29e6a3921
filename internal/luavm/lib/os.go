package lib

import (
	"os"
	"slices"
	"syscall"
	"time"

	"microts/internal/luavm"
)

// osFunctions are those that need no host: os.execute, exit, remove, rename and tmpname
// are the host's.
var osFunctions = []function{
	{"clock", clock}, {"date", date}, {"difftime", diffTime}, {"getenv", getEnv}, {"setlocale", setLocale}, {"time", timeOf},
}

// clock is os.clock(): the processor time of the process in seconds.
func clock(c *luavm.Call) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		c.Return(luavm.Int(-1))
		return
	}
	c.Return(luavm.Number(time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()))
}

func diffTime(c *luavm.Call) {
	c.Return(luavm.Number(c.Number(1) - c.OptNumber(2, 0)))
}

func getEnv(c *luavm.Call) {
	v, ok := os.LookupEnv(c.String(1))
	if !ok {
		c.Return(luavm.Nil)
		return
	}
	c.Return(luavm.Part(v))
}

// setLocale is os.setlocale([locale [, category]]). The only locale is "C".
func setLocale(c *luavm.Call) {
	locale := c.OptString(1, "C")
	categories := []string{"all", "collate", "ctype", "monetary", "numeric", "time"}
	if category := c.OptString(2, "all"); !slices.Contains(categories, category) {
		c.ArgError(2, "invalid option '"+category+"'")
	}
	if locale != "C" && locale != "POSIX" && locale != "" {
		c.Return(luavm.Nil)
		return
	}
	c.Return(luavm.Part("C"))
}
