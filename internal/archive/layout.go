package archive

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"microts/internal/tick"
)

// The objects of an archive:
//
//	store.json                                        the format and the rule of days; made once (header.go)
//	ticks/market=S/date=2026-11-24/part-00000-H.parquet  a part of a day; H is the SHA-256 of its bytes
//	sealed/market=S/2026-11-24/r000001.json           the manifest of a revision: publishes the day (manifest.go)
//
// All are made once and never changed. A part that no manifest names does not count.
//
// A market stands in keys as it is if it is a letter or digit, and else as "%" and two hex
// digits.
const (
	headerKey    = "store.json"
	ticksPrefix  = "ticks/"
	sealedPrefix = "sealed/"
	marketPrefix = "market="
)

// marketText returns what stands for a market in keys.
func marketText(market byte) string {
	if 'a' <= market && market <= 'z' || 'A' <= market && market <= 'Z' || '0' <= market && market <= '9' {
		return marketPrefix + string(rune(market))
	}
	return fmt.Sprintf("%s%%%02X", marketPrefix, market)
}

// parseMarket reads what marketText returns.
func parseMarket(text string) (market byte, ok bool) {
	rest, _ := strings.CutPrefix(text, marketPrefix)
	switch {
	case len(rest) == 1:
		market = rest[0]
	case len(rest) == 3:
		b, err := hex.DecodeString(rest[1:])
		if err != nil {
			return 0, false
		}
		market = b[0]
	default:
		return 0, false
	}
	return market, tick.Printable(market) && marketText(market) == text
}

// dayID is a day of a market.
type dayID struct {
	market byte
	date   date
}

// String returns the market, a slash and the date, as in "S/2026-11-24".
func (d dayID) String() string { return string(rune(d.market)) + "/" + d.date.String() }

// compare orders days by market and date.
func (d dayID) compare(other dayID) int {
	return cmp.Or(cmp.Compare(d.market, other.market), cmp.Compare(d.date, other.date))
}

// sortedDays returns the days of a map in their order.
func sortedDays[V any](of map[dayID]V) []dayID {
	return slices.SortedFunc(maps.Keys(of), dayID.compare)
}

// sortedKeys returns the keys of a map in their order.
func sortedKeys[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }

// parseDayID reads what String returns. The error is a *DayError.
func parseDayID(text string) (dayID, error) {
	if len(text) < 2 || text[1] != '/' || !tick.Printable(text[0]) {
		return dayID{}, &DayError{text}
	}
	on, err := parseDate(text[2:])
	return dayID{text[0], on}, err
}

// manifestKey returns the key of the manifest of a revision.
func (d dayID) manifestKey(revision int) string {
	return fmt.Sprintf("%s%s/%s/r%06d.json", sealedPrefix, marketText(d.market), d.date, revision)
}

// parseManifestKey reads what manifestKey returns.
func parseManifestKey(key string) (d dayID, revision int, ok bool) {
	fields := strings.Split(key, "/")
	if len(fields) != 4 {
		return d, 0, false
	}
	on, err := parseDate(fields[2])
	if err != nil {
		return d, 0, false
	}
	number, _ := strings.CutSuffix(strings.TrimPrefix(fields[3], "r"), ".json")
	if revision, err = strconv.Atoi(number); err != nil {
		return d, 0, false
	}
	d.date = on
	d.market, ok = parseMarket(fields[1])
	return d, revision, ok && revision > 0 && d.manifestKey(revision) == key
}

// partName returns the name of a part, in the folder of its day.
func partName(number int, sum string) string {
	return fmt.Sprintf("part-%05d-%s.parquet", number, sum)
}

// partKey returns the key of a part.
func (d dayID) partKey(name string) string {
	return fmt.Sprintf("%s%s/date=%s/%s", ticksPrefix, marketText(d.market), d.date, name)
}
