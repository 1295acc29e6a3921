package batch

import (
	"fmt"
	"math"
	"time"

	"microts/internal/luavm"
	"microts/luabind"
)

// jobTable makes the global job of a script; see Members.
func (a *activeAttempt) jobTable() *luavm.Table {
	params := luavm.NewTable(0, len(a.Params))
	for _, p := range a.Params {
		params.SetString(p.Name, luaValue(p.Value))
	}
	t := luavm.NewTable(0, len(Members))
	t.SetString("id", luavm.Int(a.ID))
	t.SetString("name", luavm.Part(a.Name))
	t.SetString("attempt", luavm.Int(a.number))
	t.SetString("dir", luavm.Part(a.files()))
	t.SetString("params", params.Value())
	t.SetFunctions(map[string]luavm.Native{"log": a.jobLogCall, "progress": a.jobProgress, "retry": jobRetry, "results": a.jobResults})
	if a.options.DB != "" {
		t.SetMetaTable(luavm.NewLibrary(map[string]luavm.Native{"__index": a.jobIndex}))
	}
	return t
}

// jobIndex opens job.db when the script first asks for it: opening a database
// read-only takes some ms, and not every script needs it.
func (a *activeAttempt) jobIndex(c *luavm.Call) {
	if key := c.Arg(2); !key.IsString() || key.Text() != "db" {
		c.Return(luavm.Nil)
		return
	}
	if a.db.IsNil() {
		handle, err := a.state.OpenDatabase(a.options.DB, nil)
		if err != nil {
			luabind.Raise(c, err)
		}
		a.db = handle
	}
	c.Return(a.db)
}

// jobLogCall is job.log(...). It writes its arguments as print does, after the time.
func (a *activeAttempt) jobLogCall(c *luavm.Call) {
	line := luavm.NewBuilder(c)
	line.Add(time.Now().Format("2006-01-02 15:04:05.000 "))
	for i := 1; i <= c.NumArgs(); i++ {
		if i > 1 {
			line.AddByte('\t')
		}
		c.Hold(line.Len()) // __tostring may be any function
		text := c.Thread().ToString(c.Arg(i))
		if !text.IsString() {
			c.Errorf("'tostring' must return a string to 'log'")
		}
		line.Add(text.Text())
	}
	c.Hold(0)
	line.AddByte('\n')
	_, _ = a.out.Write(line.Bytes()) // finish reports the error
	c.Return()
}

// jobProgress is job.progress(done, total).
func (a *activeAttempt) jobProgress(c *luavm.Call) {
	number := func(i int, name string) float64 {
		v := c.Arg(i)
		if v.IsNumber() {
			if f := v.Float(); f >= 0 && !math.IsInf(f, 0) {
				return f
			}
		}
		c.ArgError(i, fmt.Sprintf("%s: a number from 0 on expected, got %s", name, luavm.PlainString(v)))
		return 0
	}
	a.progress.Set(number(1, "done"), number(2, "total"))
	c.Return()
}

// jobRetry is job.retry(message). Outcome.explain reads the table that it raises.
func jobRetry(c *luavm.Call) {
	value := luavm.NewTable(0, 2)
	value.SetString("retryable", luavm.True)
	value.SetString("message", luavm.Part(c.Thread().Where(1)+c.OptString(1, "to be tried again")))
	c.Raise(value.Value())
}
