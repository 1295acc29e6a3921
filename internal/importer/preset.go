package importer

import (
	"regexp"
	"slices"
)

// A Preset says how ticks are made of files of one kind.
type Preset struct {
	Name  string
	About string   // one sentence
	Needs []string // the columns by which files are recognized

	// Map holds, for each field, expressions of which the first is taken whose columns
	// the file has. "?" before the first says that the field need not be made.
	Map map[string][]string

	Zone       string // of times that do not tell theirs; "" is Asia/Shanghai
	Cumulative bool   // the quantity is a total since the day began
	Source     string // where the columns are described

	without  []string       // columns that other kinds of files have
	names    []string       // the columns of files without a header
	fileName *regexp.Regexp // of files without a header
}

const (
	fileDate = `match(file, '(?:^|[^0-9])((?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9])(?:[^0-9]|$)')`
	fileCode = `match(file, '(?:^|[^0-9])((?i:sh|sz|bj)?[0-9]{6}(?i:\.[A-Z]{2,4})?)(?:[^0-9]|$)')`
)

// symbolPreset names the Preset of files whose values are points of format V1.
const symbolPreset = "microts-v1"

// Presets are those that there are, in the order in which files are compared with them.
var Presets = []Preset{
	{
		Name:  "microts",
		About: "what microts export writes",
		Needs: []string{"code", "ts", "seq", "price", "qty", "side", "channel", "order_no", "tick_no"},
		Map: map[string][]string{
			"code": {"code"}, "market": {"?", "market"}, "ts": {"ts"}, "seq": {"seq"}, "price": {"price*10000"}, "qty": {"qty"},
			"side": {"side"}, "channel": {"channel"}, "order_no": {"order_no"}, "tick_no": {"tick_no"}, "raw": {"?", "raw"},
			"data_type": {"?", "data_type"},
		},
		Source: "docs/formats.md",
	},
	{
		Name:   symbolPreset,
		About:  "what microts export writes of a database of storage engine V1",
		Needs:  []string{"symbol", "data_type", "ts", "seq", "value", "raw"},
		Map:    map[string][]string{"code": {"symbol"}, "ts": {"ts"}, "seq": {"seq"}, "raw": {"raw"}, "data_type": {"data_type"}},
		Source: "docs/export.md",
	},
	{
		Name:  "sealed",
		About: "parts of an archive, and other files with times in µs and the integers of tick records",
		Needs: []string{"code", "ts_us", "price"},
		Map: map[string][]string{
			"code": {"code"}, "market": {"?", "market"}, "ts": {"ts_us"}, "seq": {"?", "seq"}, "price": {"price"}, "qty": {"?", "qty"},
			"side": {"?", "recordside(side)"}, "channel": {"?", "channel"}, "order_no": {"?", "order_no"}, "tick_no": {"?", "tick_no"}, "raw": {"?", "raw"},
		},
		Source: "docs/formats.md",
	},
	{
		Name:  "vnpy-tick",
		About: "ticks that the recorder of vn.py (VeighNa) keeps, read from its table dbtickdata: snapshots with the total volume of the day",
		Needs: []string{"symbol", "exchange", "datetime", "last_price", "volume", "open_interest"},
		Map: map[string][]string{
			"code": {"symbol..'.'..exchange"}, "ts": {"datetime"}, "price": {"last_price*10000"}, "qty": {"round(volume)"},
			"day": {"tradingday(datetime)"}, // nights of futures end after midnight
		},
		Cumulative: true,
		Source:     "github.com/vnpy/vnpy_sqlite, vnpy_sqlite/sqlite_database.py (class DbTickData); github.com/vnpy/vnpy, vnpy/trader/object.py (class TickData)",
	},
	{
		Name:  "vnpy-bar",
		About: "bars of vn.py (VeighNa): one tick each, the close and the volume at the bar's time",
		Needs: []string{"symbol", "exchange", "datetime", "volume"},
		Map: map[string][]string{
			"code": {"symbol..'.'..exchange"}, "ts": {"datetime"}, "price": {"close_price*10000", "close*10000"}, "qty": {"round(volume)"},
		},
		Source: "github.com/vnpy/vnpy_datamanager, vnpy_datamanager/engine.py (output_data_to_csv)",
	},
	{
		Name:  "tushare-min",
		About: "minutes of Tushare Pro (stk_mins, ft_mins): one tick each, the close and the volume",
		Needs: []string{"ts_code", "trade_time", "open", "close", "high", "low", "vol"},
		Map: map[string][]string{
			"code": {"ts_code"}, "ts": {"trade_time"}, "price": {"close*10000"}, "qty": {"round(vol)"},
		},
		Source: "tushare.pro/document/2?doc_id=370",
	},
	{
		Name:  "tushare-tick",
		About: "ticks of Tushare (get_tick_data, get_today_ticks): volumes in lots of 100; day and code stand in the file's name",
		Needs: []string{"time", "price", "change", "volume", "amount", "type"},
		Map: map[string][]string{
			"code": {"code", "ts_code", "symbol", fileCode}, "ts": {"date+time", fileDate + "+time"},
			"price": {"price*10000"}, "qty": {"volume*100"}, "side": {"type"},
		},
		Source: "github.com/waditu/tushare, tushare/stock/cons.py (TICK_COLUMNS, TODAY_TICK_COLUMNS)",
	},
	{
		Name:  "akshare-tick",
		About: "trades of Tencent and Sina, as AKShare (stock_zh_a_tick_tx_js) or their own files have them: volumes in lots of 100; day and code stand in columns or in the file's name",
		Needs: []string{"成交时间", "价格变动", "性质"},
		Map: map[string][]string{
			"code": {"代码", "symbol", fileCode}, "ts": {"日期+成交时间", fileDate + "+成交时间"},
			"price": {"成交价格*10000", "成交价*10000"}, "qty": {"成交量*100", "`成交量(手)`*100"}, "side": {"性质"},
		},
		Source: "github.com/akfamily/akshare, akshare/stock/stock_zh_a_tick_tx.py, docs/data/stock/stock.md (stock_zh_a_tick_tx)",
	},
	{
		Name:  "joinquant-tick",
		About: "ticks of JoinQuant (get_ticks): snapshots with the total volume of the day; the code stands in a column or in the file's name",
		Needs: []string{"time", "current", "high", "low", "volume"},
		Map: map[string][]string{
			"code": {"code", "security", "symbol", "file"}, "ts": {"time"}, "price": {"current*10000"}, "qty": {"round(volume)"},
			"day": {"tradingday(time)"},
		},
		Cumulative: true,
		Source:     "joinquant.com/help/api (get_ticks); docs.rs/jqdata (GetCurrentTick: time, current, high, low, volume, money, position, a1_v to a5_v, a1_p to a5_p, b1_v to b5_v, b1_p to b5_p)",
	},
	{
		Name:  "joinquant-min",
		About: "minutes of JoinQuant (get_price, get_bars): one tick each, the close and the volume; the code stands in a column or in the file's name",
		Needs: []string{"open", "close", "high", "low", "volume", "money"},
		Map: map[string][]string{
			"code": {"code", "security", "symbol", "file"}, "ts": {"time", "date", "datetime", "$1"}, "price": {"close*10000"}, "qty": {"round(volume)"},
		},
		Source: "joinquant.com/help/api (get_price: open, close, high, low, volume, money)",
	},
	{
		Name:  "binance-trades",
		About: "trades of data.binance.vision: quantities in millionths; the symbol stands in the file's name",
		Needs: []string{"price", "qty", "time", "is_buyer_maker"},
		Map: map[string][]string{
			"code": {"symbol", "before(file, '-')"}, "ts": {"time"}, "price": {"price*10000"}, "qty": {"qty*1000000"},
			"side": {"if(is_buyer_maker, 'S', 'B')"}, "tick_no": {"id", "`trade Id`", "trade_id"},
		},
		Zone:     "UTC",
		Source:   "github.com/binance/binance-public-data, README.md (Trades), issue 20",
		names:    []string{"id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match"},
		fileName: regexp.MustCompile(`-trades-`),
	},
	{
		Name:  "binance-aggtrades",
		About: "aggregated trades of data.binance.vision: quantities in millionths; the symbol stands in the file's name",
		Needs: []string{"price", "quantity", "transact_time", "is_buyer_maker"},
		Map: map[string][]string{
			"code": {"symbol", "before(file, '-')"}, "ts": {"transact_time"}, "price": {"price*10000"}, "qty": {"quantity*1000000"},
			"side": {"if(is_buyer_maker, 'S', 'B')"}, "tick_no": {"agg_trade_id"},
		},
		Zone:     "UTC",
		Source:   "github.com/binance/binance-public-data, README.md (AggTrades), issue 339",
		names:    []string{"agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id", "transact_time", "is_buyer_maker", "is_best_match"},
		fileName: regexp.MustCompile(`-aggTrades-`),
	},
	{
		Name:  "tardis-trades",
		About: "trades of Tardis: quantities in 1/10000; codes such as BTCUSDT.binance",
		Needs: []string{"exchange", "symbol", "timestamp", "local_timestamp", "id", "side", "price", "amount"},
		Map: map[string][]string{
			"code": {"symbol..'.'..exchange"}, "ts": {"micros(timestamp)"}, "price": {"price*10000"}, "qty": {"amount*10000"}, "side": {"side"},
		},
		Zone:   "UTC",
		Source: "docs.tardis.dev/downloadable-csv-files/data-types (trades)",
	},
	{
		Name:  "databento-trades",
		About: "trades of Databento, with prices and times as numbers or as texts; without symbols, the number of the instrument is the code",
		Needs: []string{"ts_recv", "ts_event", "rtype", "publisher_id", "instrument_id", "action", "side", "price", "size"},
		Map: map[string][]string{
			"code": {"symbol", "instrument_id"}, "ts": {"ts_event"}, "qty": {"size"}, "side": {"if(side == 'A', 'S', side)"}, "tick_no": {"?", "sequence"},
			// Prices have a point or are in units of 1e-9. In Parquet whole ones have no
			// point, but none of 10,000,000 fits.
			"price": {"if(before(price, '.') == text(price) and abs(price) >= 10000000, price/100000, price*10000)"},
		},
		Zone:    "UTC",
		Source:  "databento.com/docs/schemas/trades; databento.com/docs/api-historical/helpers/dbn-store-to-csv",
		without: []string{"order_id", "bid_px_00"}, // mbo, mbp: not all of their rows are trades
	},
	{
		Name:  "plain",
		About: "columns with usual names, English or Chinese: a time (or a date and a time), a price in the currency, a quantity, ...",
		Map: map[string][]string{
			"code":     {"code", "symbol", "ts_code", "security", "instrument", "instrumentid", "instrument_id", "ticker", "wind_code", "windcode", "securityid", "security_id", "order_book_id", "vt_symbol", "代码", "证券代码", "股票代码", "合约代码", "合约", "标的"},
			"market":   {"?", "exchange", "exchange_id", "exchangeid", "market", "交易所", "市场"},
			"ts":       {"ts", "timestamp", "datetime", "date_time", "date+time", "trade_date+trade_time", "trade_date+time", "日期+时间", "交易日期+时间", "交易日期+成交时间", "自然日+时间", "trade_time", "time", "date", "时间", "成交时间"},
			"price":    {"price*10000", "last*10000", "last_price*10000", "lastprice*10000", "trade_price*10000", "tradeprice*10000", "close*10000", "px*10000", "价格*10000", "成交价*10000", "成交价格*10000", "最新价*10000", "现价*10000", "收盘价*10000"},
			"qty":      {"?", "qty", "quantity", "volume", "vol", "size", "trade_volume", "tradevolume", "trade_qty", "tradeqty", "amount", "成交量", "数量", "成交数量", "现量"},
			"side":     {"?", "side", "direction", "bs_flag", "bsflag", "trade_bs_flag", "方向", "买卖方向", "内外盘", "性质", "bs标志", "买卖标志"},
			"seq":      {"?", "seq"},
			"channel":  {"?", "channel", "channel_no", "channelno"},
			"order_no": {"?", "order_no", "orderno", "委托号"},
			"tick_no":  {"?", "tick_no", "tickno", "trade_no", "tradeno", "trade_id", "成交编号"},
		},
	},
}

// FindPreset returns the Preset that has the name, or nil.
func FindPreset(name string) *Preset {
	for i := range Presets {
		if Presets[i].Name == name {
			return &Presets[i]
		}
	}
	return nil
}

func presetNames() (names []string) {
	for i := range Presets {
		names = append(names, Presets[i].Name)
	}
	return names
}

// fits says whether a file has the columns that the files of the Preset have.
func (p *Preset) fits(s *schema) bool {
	for _, c := range p.Needs {
		if s.find(c) < 0 {
			return false
		}
	}
	return !slices.ContainsFunc(p.without, func(c string) bool { return s.find(c) >= 0 })
}

// recognize returns the Preset of a file.
func recognize(s *schema) *Preset {
	for i := range Presets {
		if Presets[i].fits(s) {
			return &Presets[i]
		}
	}
	return nil // not reached: "plain" fits all
}

// choose returns the first of a field's expressions whose columns a file has.
func (s *schema) choose(exprs []string) string {
	for _, src := range exprs {
		if src == "?" {
			continue
		}
		n, err := parseExpr(src)
		if err != nil {
			continue // a test compiles all of them
		}
		has := true
		n.columns(func(c *node) {
			if _, err := s.column(c); err != nil {
				has = false
			}
		})
		if has {
			return src
		}
	}
	return ""
}
