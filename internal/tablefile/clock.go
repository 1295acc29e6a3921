package tablefile

import "time"

// clock shows times. Consecutive times are mostly of one minute, whose text it keeps.
type clock struct {
	zone   *time.Location
	minute int64 // since 1970; that of head and tail
	whole  bool  // the offset is whole minutes
	head   []byte
	tail   []byte
}

func newClock(zone *time.Location) *clock { return &clock{zone: zone, minute: -1} }

const (
	second = 1_000_000 // µs
	minute = 60 * second
)

// append appends a time, in µs since 1970, as in 2023-11-13T09:30:00.000001+08:00.
func (c *clock) append(b []byte, us int64) []byte {
	if us < 0 || us/minute != c.minute {
		c.set(us)
	}
	if us < 0 || !c.whole {
		return time.UnixMicro(us).In(c.zone).AppendFormat(b, "2006-01-02T15:04:05.000000-07:00")
	}
	us %= minute
	b = append(b, c.head...)
	b = append(b, '0'+byte(us/(10*second)), '0'+byte(us/second%10), '.')
	for unit := int64(second / 10); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(us/unit%10))
	}
	return append(b, c.tail...)
}

// set sets the minute to that of a time.
func (c *clock) set(us int64) {
	at := time.UnixMicro(us).In(c.zone)
	_, offset := at.Zone()
	c.minute, c.whole = us/minute, offset%60 == 0
	c.head = at.AppendFormat(c.head[:0], "2006-01-02T15:04:")
	c.tail = at.AppendFormat(c.tail[:0], "-07:00")
}
