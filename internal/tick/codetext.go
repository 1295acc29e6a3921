package tick

import "strings"

// CodeText returns the code as it is written wherever it leaves a store: six digits in
// market S, five in market H, any other code as it is. NewName reads it.
//
//	name       text       full symbol
//	S:000001   000001     000001.SZ
//	S:600519   600519     600519.SH
//	S:SH000001 SH000001   000001.SH
//	S:SH600519 S:SH600519 S:SH600519, the code SH600519 itself, which is not 600519
//	H:00700    00700      00700.HK
//	U:AAPL     AAPL       AAPL.US
//	X:rb2405   rb2405     rb2405
//	Q:7        7          Q:7
func (n Name) CodeText() string {
	if BareCode(n.Market, n.Code) != n.Code {
		return n.String()
	}
	return withZeros(n.Market, n.Code)
}

// withZeros returns a code of digits with as many as its market writes, any other as it is.
func withZeros(market byte, code string) string {
	if width := codeWidth(market); len(code) < width && digits(code) {
		return strings.Repeat("0", width-len(code)) + code
	}
	return code
}

// codeWidth returns how many digits a market writes its codes with; 0 is as many as they have.
func codeWidth(market byte) int {
	switch market {
	case 'S':
		return 6
	case 'H':
		return 5
	}
	return 0
}

// FullSymbol returns the symbol with the exchange behind the code, as in the table of
// CodeText. ParseName reads it.
func (n Name) FullSymbol() string {
	code, symbol := n.CodeText(), ""
	switch n.Market {
	case 'S':
		switch {
		case len(code) == 6 && digits(code):
			symbol = code + "." + exchangeOf(code)
		case len(code) == 8:
			symbol = code[2:] + "." + code[:2]
		}
	case 'H':
		symbol = code + ".HK"
	case 'U':
		symbol = code + ".US"
	case freeMarket:
		symbol = code
	}
	if back, err := ParseName(symbol); err == nil && back == n {
		return symbol
	}
	return n.String()
}

// BareCode returns a code of a market without the exchange that a symbol has, if the
// exchange is one of the market: in market S, "SH600519" and "600519.SH" are "600519". The
// code of an index such as "000001.SH" keeps it in front: "SH000001".
func BareCode(market byte, code string) string {
	exchange, bare := splitSymbol(code)
	switch {
	case market == 'S' && (exchange == "SH" || exchange == "SZ" || exchange == "BJ"):
		switch {
		case len(bare) != 6 || !digits(bare):
			return code
		case exchangeOf(bare) != exchange:
			return exchange + bare
		}
		return bare
	case market == 'H' && exchange == "HK" && digits(bare) && len(bare) <= 5,
		market == 'U' && exchange == "US" && bare != "":
		return bare
	}
	return code
}
