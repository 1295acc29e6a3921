package tick_test

import (
	"fmt"
	"time"

	"microts/internal/tick"
)

func ExampleParseSymbol() {
	for _, symbol := range []string{"SH600519", "600519.SH", "000001", "00700.HK", "AAPL.US", "rb2405"} {
		in, err := tick.ParseSymbol(symbol)
		fmt.Println(symbol, "is", in, err, "and is written", tick.SymbolOf(in))
	}
	// Output:
	// SH600519 is S:600519 <nil> and is written SH600519
	// 600519.SH is S:600519 <nil> and is written SH600519
	// 000001 is S:000001 <nil> and is written SZ000001
	// 00700.HK is H:00700 <nil> and is written HK00700
	// AAPL.US is U:AAPL <nil> and is written US.AAPL
	// rb2405 is X:rb2405 <nil> and is written rb2405
}

func ExampleParseTime() {
	now := time.Date(2023, 11, 14, 15, 0, 0, 0, tick.Shanghai)
	for _, text := range []string{"2023-11-14 09:30:00.0001", "09:30", "-5m", "1699925400000100"} {
		us, err := tick.ParseTime(text, tick.Shanghai, now)
		fmt.Println(us, tick.FormatTime(us, tick.Shanghai), err)
	}
	// Output:
	// 1699925400000100 2023-11-14 09:30:00.000100 <nil>
	// 1699925400000000 2023-11-14 09:30:00.000000 <nil>
	// 1699944900000000 2023-11-14 14:55:00.000000 <nil>
	// 1699925400000100 2023-11-14 09:30:00.000100 <nil>
}
