package tick

import (
	"time"
	_ "time/tzdata" // for machines without one
)

// Shanghai is the zone that scripts use for times that name none.
var Shanghai = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // it is embedded
	}
	return loc
}()

// FormatTime returns a time in µs since 1970 as "2023-11-14 22:13:20.000100".
func FormatTime(us int64, zone *time.Location) string {
	return time.UnixMicro(us).In(zone).Format("2006-01-02 15:04:05.000000")
}
