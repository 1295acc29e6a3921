package calendar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Open returns the calendar of a name in Names, or of a file: a TOML file, which holds a
// Definition, or a list of trading days, one at the beginning of each line, whose hours are
// those of "cn". Lines that begin with # are comments.
func Open(nameOrPath string) (*Calendar, error) {
	if c := builtIn(nameOrPath); c != nil {
		return c, nil
	}
	if strings.EqualFold(filepath.Ext(nameOrPath), ".toml") {
		return ReadFile(nameOrPath)
	}
	days, err := readDays(nameOrPath)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(nameOrPath, `./\`) {
		return nil, unknownName(nameOrPath)
	}
	if err != nil {
		return nil, err
	}
	if len(days) == 0 {
		return nil, fmt.Errorf("%s: days such as 2023-11-01 expected, got none", nameOrPath)
	}
	c := *builtIn("cn")
	c.name, c.founded, c.list = nameOrPath, false, true
	c.days, c.first, c.last = days, days[0], days[len(days)-1]
	return &c, nil
}

// readDays reads a list of days: each once, in their order.
func readDays(path string) (days []Day, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		day := strings.TrimSpace(strings.TrimPrefix(line, "\xef\xbb\xbf"))
		if day == "" || day[0] == '#' {
			continue
		}
		day, _, _ = strings.Cut(day, ",")
		day = strings.TrimSpace(day)
		d, err := ParseDay(day)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		days = append(days, d)
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}

// futuresExchanges are what the codes of futures with the hours of "cn-futures" end with.
var futuresExchanges = []string{"SHFE", "DCE", "CZCE", "ZCE", "INE", "GFEX"}

// Of returns the calendar that an instrument has where nothing else is said: "cn" for
// market S, "cn-futures" for futures of China such as "rb2405.SHFE", otherwise nil.
func Of(market byte, code string) *Calendar {
	if market == 'S' {
		return builtIn("cn")
	}
	if dot := strings.LastIndexByte(code, '.'); dot >= 0 && slices.Contains(futuresExchanges, strings.ToUpper(code[dot+1:])) {
		return builtIn("cn-futures")
	}
	return nil
}
