package importer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"microts/internal/tick"
)

// exchanges are names of exchanges, as vendors write them, that tick.ParseName does not
// know, and those that it knows.
var exchanges = map[string]string{
	"SSE": "SH", "SHSE": "SH", "XSSC": "SH", "SZSE": "SZ", "XSEC": "SZ", "BSE": "BJ", "BJSE": "BJ", "XBEI": "BJ",
	"SEHK": "HK", "HKEX": "HK", "HKSE": "HK", "NASDAQ": "US", "NYSE": "US", "AMEX": "US",
	"SH": "SH", "SS": "SH", "XSHG": "SH", "SZ": "SZ", "XSHE": "SZ", "BJ": "BJ", "XBSE": "BJ", "HK": "HK", "XHKG": "HK", "US": "US",
	"上海": "SH", "上交所": "SH", "深圳": "SZ", "深交所": "SZ", "北京": "BJ", "北交所": "BJ", "港股": "HK",
}

var errMarket = errors.New("which market? give one, such as --market S, or codes such as 600519.SH")

// nameOf returns the name of an instrument: a code in one of the forms that
// tick.ParseName reads, or those of vendors, such as 600000.SSE and SHSE.600000.
//
// market is what the row says of the market: one character, with which the code is taken
// as it is; an exchange; or nothing. preset, unless it is 0, is the market of codes that
// do not tell theirs.
func nameOf(code, market string, preset byte) (tick.Name, error) {
	if len(market) == 1 {
		return tick.NewName(market[0], code)
	}
	if market != "" {
		exchange := exchanges[strings.ToUpper(market)]
		if exchange == "" {
			return tick.NewName(orFree(preset), code+"."+market)
		}
		if _, _, ok := splitExchange(code); !ok {
			code = pad(code, exchange) + "." + exchange
		}
	}
	if rest, exchange, ok := splitExchange(code); ok {
		code = pad(rest, exchange) + "." + exchange
	}
	n, err := tick.ParseName(code)
	if err != nil {
		return n, err
	}
	if len(code) > 1 && code[1] == ':' {
		return n, nil
	}
	const free = 'X'
	switch {
	case n.Market == free && preset != 0:
		return tick.NewName(preset, code)
	case n.Market == free && isDigits(code):
		return n, fmt.Errorf("%q: %w", code, errMarket)
	case preset != 0 && n.Market != preset:
		if isDigits(code) {
			return tick.NewName(preset, code)
		}
		return n, fmt.Errorf("an instrument of market %c expected, got %q, which is of market %c", preset, code, n.Market)
	}
	return n, nil
}

func orFree(market byte) byte {
	if market == 0 {
		return 'X'
	}
	return market
}

// splitExchange separates a code from the exchange before or behind it.
func splitExchange(code string) (rest, exchange string, ok bool) {
	if at := strings.LastIndexByte(code, '.'); at > 0 && at < len(code)-1 {
		if e := exchanges[strings.ToUpper(code[at+1:])]; e != "" {
			return code[:at], e, true
		}
		if at := strings.IndexByte(code, '.'); at > 0 {
			if e := exchanges[strings.ToUpper(code[:at])]; e != "" {
				return code[at+1:], e, true
			}
		}
	}
	return code, "", false
}

// pad gives a code the zeros back that it lost as a number.
func pad(code, exchange string) string {
	size := 0
	switch exchange {
	case "SH", "SZ", "BJ":
		size = 6
	case "HK":
		size = 5
	}
	if n := size - len(code); n > 0 && isDigits(code) {
		return strings.Repeat("0", n) + code
	}
	return code
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// names numbers the instruments of an import, in the order in which they were met, and
// those of points by their data types too. Several goroutines share it.
type names struct {
	mu    sync.Mutex
	ids   map[typedName]int32
	names []typedName
}

// typedName is an instrument, or the points of a data type.
type typedName struct {
	tick.Name
	dataType uint8
	points   bool
}

func (n *names) id(name typedName) int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, ok := n.ids[name]
	if !ok {
		id = int32(len(n.names))
		if n.ids == nil {
			n.ids = map[typedName]int32{}
		}
		n.ids[name] = id
		n.names = append(n.names, name)
	}
	return id
}

func (n *names) name(id int32) typedName {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.names[id]
}

// instruments returns how many instruments the first numbers are of.
func (n *names) instruments(first int) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := map[tick.Name]bool{}
	for _, name := range n.names[:first] {
		all[name.Name] = true
	}
	return len(all)
}

// codeReader finds the number of a code's instrument. It is for one goroutine.
type codeReader struct {
	names  *names
	market byte // see nameOf

	last   []byte // code and market of the row before
	lastID int32
	known  map[string]int32
	key    []byte
}

// read returns the number of the instrument that a code and a market name.
func (r *codeReader) read(code, market cell) (int32, error) {
	if code.kind == text && market.kind == missing && len(code.text) > 0 {
		if string(code.text) == string(r.last) {
			return r.lastID, nil
		}
		if id, ok := r.known[string(code.text)]; ok {
			r.last, r.lastID = append(r.last[:0], code.text...), id
			return id, nil
		}
	}
	key := code.appendText(r.key[:0])
	if market.kind != missing {
		key = append(key, 0)
		key = market.appendText(key)
	}
	r.key = key
	if string(key) == string(r.last) && len(key) > 0 {
		return r.lastID, nil
	}
	id, ok := r.known[string(key)]
	if !ok {
		if code.kind == missing {
			return 0, errors.New("code expected, got nothing")
		}
		var err error
		name, err := nameOf(string(code.appendText(nil)), string(market.appendText(nil)), r.market)
		if err != nil {
			return 0, err
		}
		id = r.names.id(typedName{Name: name})
		if r.known == nil {
			r.known = map[string]int32{}
		}
		r.known[string(key)] = id
	}
	r.last, r.lastID = append(r.last[:0], key...), id
	return id, nil
}

// parseMarket reads a market of an option: one printable ASCII character, or nothing.
func parseMarket(text string) (byte, error) {
	if text == "" {
		return 0, nil
	}
	if len(text) != 1 || !tick.Printable(text[0]) || text[0] == ' ' {
		return 0, &OptionError{"market", "one printable ASCII character expected, got " + strconv.Quote(text)}
	}
	return text[0], nil
}
