package tick

import (
	"fmt"
	"strings"
)

// A symbol is how the storage engines write the name of an instrument. ParseName reads:
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
//	rb2405.SHFE, m2405-C-3000                  the same, as a long code
//	M:CODE                                     any market M and code
//
// Shanghai, Shenzhen and Beijing share the market S. The first of six digits tells the
// exchange: 5, 6, 7 and 9 are Shanghai, 4 and 8 Beijing, the others Shenzhen. A symbol
// that breaks the rule, such as Shanghai's index SH000001 beside Shenzhen's stock
// SZ000001, keeps its letters in the code.
//
// Name.Symbol is the inverse: it returns the first symbol of a line above.

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

// ParseName returns the name of a symbol. The error is a *RangeError.
func ParseName(symbol string) (Name, error) {
	if len(symbol) > 2 && symbol[1] == ':' {
		return literalName(symbol[0], symbol[2:])
	}
	exchange, code := splitSymbol(symbol)
	switch exchange {
	case "SH", "SZ", "BJ":
		if len(code) != 6 || !digits(code) {
			return Name{}, badSymbol("six digits with "+exchange, symbol)
		}
		if exchangeOf(code) != exchange {
			code = exchange + code
		}
		return NewName('S', code)
	case "HK":
		if digits(code) && len(code) > 5 {
			return Name{}, badSymbol("at most five digits with HK", symbol)
		}
		return symbolName('H', code, symbol)
	case "US":
		return symbolName('U', code, symbol)
	}
	return symbolName(freeMarket, code, symbol)
}

// ParseSymbol returns the instrument of a symbol whose code is not a long one. The error
// is a *RangeError.
func ParseSymbol(symbol string) (Instrument, error) {
	n, err := ParseName(symbol)
	if err != nil {
		return Instrument{}, err
	}
	in, ok := n.Instrument()
	if !ok {
		return Instrument{}, badSymbol("a code of 1 to 9 printable ASCII characters", symbol)
	}
	return in, nil
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

func symbolName(market byte, code, symbol string) (Name, error) {
	if code == "" || len(code) > MaxCode {
		return Name{}, badSymbol(fmt.Sprintf("a code of 1 to %d bytes", MaxCode), symbol)
	}
	if !isPrintable(code) || strings.Contains(code, " ") {
		return Name{}, badSymbol("printable UTF-8 without spaces", symbol)
	}
	return NewName(market, code)
}

func badSymbol(want, got string) error { return &RangeError{"symbol", want, quote(got)} }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// SymbolOf returns the symbol of an instrument, which ParseSymbol reads. For a stand-in,
// whose code only the database knows, see Name.Symbol.
func SymbolOf(in Instrument) string { return Name{in.Market(), in.Code()}.Symbol() }
