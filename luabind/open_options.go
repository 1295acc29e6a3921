package luabind

import (
	"time"

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
)

// setOpenOption sets an option of open: one of a database, or of an archive. Env.Open says
// which go together.
func setOpenOption(c *luavm.Call, o *source.Options, name string, value luavm.Value) (err error) {
	switch name {
	case "mode":
		o.ReadWrite = isText(value, "rw")
	case "archive":
		if !value.IsString() || value.Text() == "" {
			return expected("URL of an archive: s3://BUCKET/PREFIX or file:///FOLDER", value)
		}
		o.Archive = value.Text()
		return nil
	case "cache":
		if !value.IsString() || value.Text() == "" {
			return expected(wantPath, value)
		}
		o.Cache = value.Text()
		return nil
	case "cache_size":
		o.CacheSize, err = sizeOption(value)
		return err
	case "timeout":
		o.Timeout, err = durationOption(value)
		return err
	case "request_timeout":
		o.RequestTimeout, err = durationOption(value)
		return err
	case "revision":
		const most = 1 << 30
		n, ok := integer(value, most)
		if !ok || n == 0 {
			return expected("integer number of a revision from 1 on", value)
		}
		o.Revision = int(n)
		return nil
	case "as_of":
		o.AsOf, err = timeOption(c, value)
		return err
	}
	return setOption(&o.Options, name, value)
}

// sizeOption returns an option that is a size in bytes.
func sizeOption(value luavm.Value) (int64, error) {
	if n, ok := integer(value, tick.MaxTime); ok && n > 0 {
		return n, nil
	}
	if n, err := human.ParseSize(optText(value)); err == nil {
		return n, nil
	}
	return 0, expected(`number of bytes, or a size such as "20GB"`, value)
}

// durationOption returns an option that is a duration.
func durationOption(value luavm.Value) (time.Duration, error) {
	const most = 24 * 60 * 60 // seconds
	if f := value.Float(); value.IsNumber() && f > 0 && f <= most {
		return time.Duration(f * float64(time.Second)), nil
	}
	if d, err := human.ParseDuration(optText(value)); err == nil && d <= most*time.Second {
		return d, nil
	}
	return 0, expected(`number of seconds, or a duration such as "30s", of at most a day`, value)
}

// timeOption returns an option that is a time.
func timeOption(c *luavm.Call, value luavm.Value) (time.Time, error) {
	us, ok := integer(value, tick.MaxTime-1)
	if !ok {
		var err error
		if us, err = tick.ParseTime(optText(value), Zone(c.State()), time.Now()); err != nil {
			return time.Time{}, expected("time, or µs,", value)
		}
	}
	return time.UnixMicro(us), nil
}
