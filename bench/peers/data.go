package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// gbk is the name of each instrument, "平安银行", in GBK.
const gbk = "\xc6\xbd\xb0\xb2\xd2\xf8\xd0\xd0"

// header is 代码,名称,日期,时间,成交价,成交量,方向,order_no,tick_no in GBK.
const header = "\xb4\xfa\xc2\xeb,\xc3\xfb\xb3\xc6,\xc8\xd5\xc6\xda,\xca\xb1\xbc\xe4,\xb3\xc9\xbd\xbb\xbc\xdb,\xb3\xc9\xbd\xbb\xc1\xbf,\xb7\xbd\xcf\xf2,order_no,tick_no\n"

// writeWeek writes the ticks of some instruments on consecutive days, as vendors deliver
// them: codes such as 000001.SZ, times as HHMMSSmmm, all instruments of a day by time.
func writeWeek(path string, instruments, days, perDay int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	price := make([]int, instruments)
	for i := range price {
		price[i] = 1000 + r.IntN(9000)
	}
	if _, err := w.WriteString(header); err != nil {
		return err
	}
	for day := range days {
		for tick := range perDay {
			const morning = 2 * 3600 * 1000 // ms
			ms := tick * morning / perDay
			at := (9*3600+1800)*1000 + ms
			clock := at/3600000*10000000 + at/60000%60*100000 + at%60000
			for i := range instruments {
				price[i] = max(100, price[i]+r.IntN(3)-1)
				if _, err := fmt.Fprintf(w, "%06d.SZ,%s,%d,%d,%d.%02d,%d,%c,%d,%d\n", i+1, gbk, 20231113+day, clock,
					price[i]/100, price[i]%100, 100*(1+r.IntN(50)), "BS"[r.IntN(2)], tick*7+r.IntN(5), tick); err != nil {
					return err
				}
			}
		}
	}
	return w.Flush()
}

// fillScript writes ticks of one instrument on one day and seals them in an archive.
const fillScript = `
local ts = require "micro_ts"
local db = ts.open("hot", {durability = "none"})
local start, n = ts.time("2023-11-13 00:00"), tonumber(arg[1])
local step, price, rows = 86000000000 / n, 168000, {}
math.randomseed(1)
for i = 0, n - 1 do
  price = price + math.random(-1, 1)
  rows[#rows + 1] = {start + math.floor(i * step), ts.pack_value{price = price * 100, qty = 100 * math.random(1, 50), side = math.random(0, 1), channel = 3, order_no = i * 7, tick_no = i}}
  if #rows == 10000 then db:put_many("S", 600519, rows, {seq = "auto"}); rows = {} end
end
db:put_many("S", 600519, rows, {seq = "auto"})
db:flush()
db:seal{to = arg[2], market = "S", date = "2023-11-13"}
db:close()
`

// prepare makes an archive with some ticks of one instrument.
func (b *bench) prepare(ticks int) error {
	for name, text := range map[string]string{"fill.lua": fillScript, "bars.lua": barsScript, "vwap.lua": vwapScript, "asof.lua": asofScript} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	archive := filepath.Join(b.dir, "archive")
	if err := os.Mkdir(archive, 0o700); err != nil {
		return err
	}
	_, err := b.command("fill.lua", fmt.Sprint(ticks), "file://"+archive)
	return err
}
