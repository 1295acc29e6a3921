package tick

import (
	"fmt"
	"strings"
)

// A symbol is an instrument's name in the storage engines. ParseSymbol reads:
//
//	symbol                                     market and code
//	SH600519, sh600519, 600519.SH, SH.600519   S, 600519: Shanghai
//	600519.SS, 600519.XSHG                     the same
//	SZ000001, 000001.SZ, 000001.XSHE           S, 1: Shenzhen
//	600519                                     S, 600519: six digits alone
//	SH000001, BJ920002                         S, "SH000001": see below
//	HK00700, 00700.HK, 0700.HK, HK.00700       H, 700
//	US.AAPL, AAPL.US                           U, "AAPL"
//	rb2405, BTCUSDT, BRK.A                     X, and the symbol as its code
//	M:CODE                                     any market M and code
//
// Shanghai, Shenzhen and Beijing share the market S. The first of six digits tells the
// exchange: 5, 6, 7 and 9 are Shanghai, 4 and 8 Beijing, the others Shenzhen. A symbol
// that breaks the rule, such as Shanghai's index SH000001 beside Shenzhen's stock
// SZ000001, keeps its letters in the code.
//
// SymbolOf is the inverse: it returns the first symbol of a line above.

// exchangeOf returns the exchange of six digits by the rule above.
func exchangeOf(code string) string {
	switch code[0] {
	case '5', '6', '7', '9':
		return "SH"
	case '4', '8':
		return "BJ"
	}
	return "SZ"
}

var exchanges = map[string]string{
	"SH": "SH", "SS": "SH", "XSHG": "SH", "SZ": "SZ", "XSHE": "SZ", "BJ": "BJ", "XBSE": "BJ",
	"HK": "HK", "XHKG": "HK", "US": "US",
}

// freeMarket is the market of symbols without an exchange.
const freeMarket = 'X'

// ParseSymbol returns the instrument of a symbol. The error is a *RangeError.
func ParseSymbol(symbol string) (Instrument, error) {
	if len(symbol) > 2 && symbol[1] == ':' {
		return ParseInstrument(symbol[0], symbol[2:])
	}
	exchange, code := splitSymbol(symbol)
	switch exchange {
	case "SH", "SZ", "BJ":
		if len(code) != 6 || !digits(code) {
			return Instrument{}, badSymbol("six digits with "+exchange, symbol)
		}
		if exchangeOf(code) != exchange {
			code = exchange + code
		}
		return ParseInstrument('S', code)
	case "HK":
		if digits(code) && len(code) > 5 {
			return Instrument{}, badSymbol("at most five digits with HK", symbol)
		}
		return symbolCode('H', code, symbol)
	case "US":
		return symbolCode('U', code, symbol)
	}
	return symbolCode(freeMarket, code, symbol)
}

// splitSymbol separates the exchange from the code; exchange is "" if the symbol has
// none.
func splitSymbol(symbol string) (exchange, code string) {
	if len(symbol) == 6 && digits(symbol) {
		return exchangeOf(symbol), symbol
	}
	if len(symbol) > 2 {
		prefix, rest := exchanges[strings.ToUpper(symbol[:2])], symbol[2:]
		switch {
		case prefix == "" || symbol[:2] == "SS" || symbol[:2] == "ss":
		case rest[0] == '.' && len(rest) > 1:
			return prefix, rest[1:]
		case digits(rest) && prefix != "US":
			return prefix, rest
		}
	}
	if dot := strings.LastIndexByte(symbol, '.'); dot > 0 {
		if suffix := exchanges[strings.ToUpper(symbol[dot+1:])]; suffix != "" {
			return suffix, symbol[:dot]
		}
	}
	return "", symbol
}

func symbolCode(market byte, code, symbol string) (Instrument, error) {
	if code == "" || len(code) > CodeSize {
		return Instrument{}, badSymbol("a code of 1 to 9 characters", symbol)
	}
	for i := range len(code) {
		if c := code[i]; !Printable(c) || c == ' ' {
			return Instrument{}, badSymbol("printable ASCII without spaces", symbol)
		}
	}
	return ParseInstrument(market, code)
}

func badSymbol(want, got string) error { return &RangeError{"symbol", want, fmt.Sprintf("%.40q", got)} }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// SymbolOf returns the symbol of an instrument, which ParseSymbol reads.
func SymbolOf(in Instrument) string {
	code := in.Code()
	symbol := ""
	switch in.Market() {
	case 'S':
		switch {
		case digits(code) && len(code) <= 6:
			code = strings.Repeat("0", 6-len(code)) + code
			symbol = exchangeOf(code) + code
		case len(code) == 8:
			symbol = code
		}
	case 'H':
		if digits(code) && len(code) <= 5 {
			symbol = "HK" + strings.Repeat("0", 5-len(code)) + code
		}
	case 'U':
		symbol = "US." + code
	case freeMarket:
		symbol = code
	}
	if back, err := ParseSymbol(symbol); err == nil && back == in {
		return symbol
	}
	return in.String()
}
