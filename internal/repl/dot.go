package repl

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/suggest"
	"microts/internal/tick"
	"microts/luabind"
	"microts/store"
)

// command is one dot command.
type command struct {
	name string
	args string
	help string // one sentence
	run  func(r *REPL, args []string) error
}

// commands are the dot commands, in the order in which .help lists them.
var commands []command

func init() { // .help refers to commands
	commands = []command{
		{"help", "[name]", "Lists the commands, or says what a command or a function of micro_ts does.", (*REPL).help},
		{"open", "PATH", "Opens the database in a folder as db.", (*REPL).openCommand},
		{"close", "", "Closes db.", (*REPL).closeCommand},
		{"refresh", "", "Opens db again: one that is read-only then sees what its writer has written.", (*REPL).refresh},
		{"codes", "[MARKET]", "Lists the instruments of db.", (*REPL).codes},
		{"head", "[MARKET CODE] [N]", "Shows the first ticks of an instrument, 10 or N.", (*REPL).head},
		{"tail", "[MARKET CODE] [N]", "Shows the last ticks of an instrument, 10 or N.", (*REPL).tail},
		{"count", "[MARKET CODE] [FROM [TO]]", "Counts the ticks of an instrument, of a range of time or all.", (*REPL).count},
		{"plot", "[MARKET CODE] [DAY | FROM TO]", "Draws the prices of an instrument as bars.", (*REPL).plotCommand},
		{"schema", "", "Says what the keys and the values of db look like.", (*REPL).schema},
		{"stats", "", "Shows what is known of db.", (*REPL).stats},
		{"time", "on|off", "Shows how long each chunk takes.", (*REPL).timeCommand},
		{"tz", "ZONE", "Chooses the time zone in which times are read and shown: Asia/Shanghai, UTC, ...", (*REPL).tz},
		{"load", "FILE", "Runs a file of Lua.", (*REPL).load},
		{"save", "FILE", "Writes what was typed into a file.", (*REPL).save},
		{"edit", "", "Opens what was typed last in $EDITOR, and runs what comes out.", (*REPL).edit},
		{"clear", "", "Clears the screen.", (*REPL).clear},
		{"quit", "", "Leaves.", func(*REPL, []string) error { return errQuit }},
	}
}

// Command is a dot command as its users see it.
type Command struct {
	Usage string // ".open PATH"
	Help  string // one sentence
}

// Commands returns the dot commands, in the order in which .help lists them.
func Commands() (all []Command) {
	for _, c := range commands {
		all = append(all, Command{strings.TrimSpace("." + c.name + " " + c.args), c.help})
	}
	return all
}

// isCommand says whether what was typed is a dot command. A number such as .5 is
// none.
func isCommand(text string) bool {
	return len(text) > 1 && text[0] == '.' && ('a' <= text[1]|0x20 && text[1]|0x20 <= 'z')
}

func findCommand(name string) *command {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &commands[i]
}

func commandNames() (names []string) {
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}

// command runs a dot command so that Interrupt ends it.
func (r *REPL) command(text string) error {
	words, err := splitWords(text[1:])
	if err != nil {
		return err
	}
	c := findCommand(words[0])
	if c == nil {
		if near := suggest.Nearest(words[0], commandNames()); near != "" {
			return fmt.Errorf("unknown command .%s; did you mean .%s?", words[0], near)
		}
		return fmt.Errorf("unknown command .%s; .help lists them", words[0])
	}
	ctx := r.context()
	defer r.State.Watch(ctx)()
	err = c.run(r, words[1:])
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return errors.New("interrupted")
	}
	return err
}

// splitWords splits a line at spaces and commas; quotes keep words together.
func splitWords(line string) (words []string, err error) {
	var b strings.Builder
	quote, in := rune(0), false
	for _, c := range line {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteRune(c)
			}
		case c == '"' || c == '\'':
			quote, in = c, true
		case c == ' ' || c == '\t' || c == ',' || c == '\n':
			if in {
				words, in = append(words, b.String()), false
				b.Reset()
			}
		default:
			b.WriteRune(c)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("%c is not closed", quote)
	}
	if in {
		words = append(words, b.String())
	}
	return words, nil
}

func (r *REPL) help(args []string) error {
	if len(args) == 0 {
		var rows [][]string
		for _, c := range Commands() {
			rows = append(rows, []string{c.Usage, c.Help})
		}
		fmt.Fprintln(r.Out, r.grid([]string{"command", ""}, rows, true))
		fmt.Fprintln(r.Out, "Chunks of Lua run, and the values of expressions are shown; the last ones are _, _1, _2.\n"+
			"ts is micro_ts; .help NAME tells about its functions. plot(series) draws, pp(value) shows all of a value.")
		return nil
	}
	name := strings.TrimPrefix(args[0], ".")
	if c := findCommand(name); c != nil {
		fmt.Fprintf(r.Out, ".%s %s\n%s\n", c.name, c.args, c.help)
		return nil
	}
	if _, field, ok := strings.Cut(name, "."); ok {
		name = field
	}
	if _, method, ok := strings.Cut(name, ":"); ok {
		name = method
	}
	if texts := luabind.Help(name); len(texts) > 0 {
		fmt.Fprintln(r.Out, strings.Join(texts, "\n"))
		return nil
	}
	for _, m := range compat.Modules {
		if m.Name == name {
			fmt.Fprintf(r.Out, "require %q\n%s\n", m.Name, m.Help)
			return nil
		}
	}
	names := commandNames()
	for _, f := range luabind.Functions {
		names = append(names, f.Name)
	}
	if near := suggest.Nearest(name, names); near != "" {
		return fmt.Errorf("no help on %s; did you mean %s?", name, near)
	}
	return fmt.Errorf("no help on %s", name)
}

// db returns the open database.
func (r *REPL) db() (*store.DB, error) {
	db := luabind.Database(r.L.GetGlobal("db"))
	if db == nil || db.Closed() {
		return nil, errors.New("no database is open: .open PATH")
	}
	r.noticeOpen()
	return db, nil
}

func (r *REPL) openCommand(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .open PATH")
	}
	if err := r.open(args[0]); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "db is %s\n", args[0])
	return nil
}

func (r *REPL) closeCommand([]string) error {
	if _, err := r.db(); err != nil {
		return err
	}
	r.path, r.focus = "", nil
	return r.eval("db:close() db = nil")
}

func (r *REPL) refresh([]string) error {
	if _, err := r.db(); err != nil {
		return err
	}
	path, focus := r.path, r.focus
	if err := r.eval("db:close()"); err != nil {
		return err
	}
	err := r.open(path)
	r.focus = focus
	return err
}

func (r *REPL) codes(args []string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	var market byte
	if len(args) > 0 {
		if len(args) > 1 || len(args[0]) != 1 {
			return errors.New("usage: .codes [MARKET], a market is one character")
		}
		market = args[0][0]
	}
	found, err := db.Instruments(market)
	if err != nil {
		return err
	}
	var rows [][]string
	for i := range found {
		if len(rows) == 2*mostRows {
			rows = append(rows, []string{"...", fmt.Sprintf("... %d more", len(found)-i)})
			break
		}
		first, ok1, err1 := db.First(&found[i], 0)
		last, ok2, err2 := db.Last(&found[i], tick.MaxTime-1)
		if err := cmp.Or(err1, err2); err != nil {
			return err
		}
		row := []string{string(found[i].Market()), found[i].Code()}
		if ok1 && ok2 {
			row = append(row, tick.FormatTime(first.Time, r.zone), tick.FormatTime(last.Time, r.zone))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		fmt.Fprintln(r.Out, "no ticks")
		return nil
	}
	fmt.Fprintln(r.Out, r.grid([]string{"market", "code", "first", "last"}, rows, false))
	return nil
}

// target returns the open database and the instrument that the arguments begin
// with, MARKET CODE or a symbol, or else the one that the last command was about,
// or the first of the database.
func (r *REPL) target(args []string) (db *store.DB, in tick.Instrument, rest []string, err error) {
	if db, err = r.db(); err == nil {
		in, rest, err = r.instrument(db, args)
	}
	return db, in, rest, err
}

func (r *REPL) instrument(db *store.DB, args []string) (in tick.Instrument, rest []string, err error) {
	switch {
	case len(args) >= 2 && len(args[0]) == 1 && !isNumber(args[0]):
		in, err = tick.ParseInstrument(args[0][0], args[1])
		rest = args[2:]
	case len(args) > 0 && args[0] != "now" && strings.ContainsFunc(args[0], func(c rune) bool { return c >= 'A' && c|0x20 <= 'z' }):
		in, err = tick.ParseSymbol(args[0])
		rest = args[1:]
	case r.focus != nil:
		return *r.focus, args, nil
	default:
		all, err := db.Instruments(0)
		if err != nil {
			return in, nil, err
		}
		if len(all) == 0 {
			return in, nil, errors.New("the database holds no ticks")
		}
		in, rest = all[0], args
	}
	if err != nil {
		return in, nil, err
	}
	r.focus = &in
	return in, rest, nil
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// targetSpan is target and the range of time that all the other arguments are.
func (r *REPL) targetSpan(args []string) (db *store.DB, in tick.Instrument, start, end int64, err error) {
	db, in, rest, err := r.target(args)
	if err == nil {
		start, end, err = r.span(joinTimes(rest))
	}
	return db, in, start, end, err
}

func (r *REPL) head(args []string) error { return r.ends(args, "head", false) }
func (r *REPL) tail(args []string) error { return r.ends(args, "tail", true) }

func (r *REPL) ends(args []string, name string, reverse bool) error {
	db, in, rest, err := r.target(args)
	if err != nil {
		return err
	}
	n := 10
	if len(rest) > 0 {
		if n, err = strconv.Atoi(rest[0]); err != nil || n < 1 || len(rest) > 1 {
			return fmt.Errorf("usage: .%s [MARKET CODE] [N]", name)
		}
	}
	scan, err := db.Scan(&in, 0, tick.MaxTime-1, n, reverse)
	if err != nil {
		return err
	}
	defer scan.Close()
	var rows []tick.Row
	for scan.Next() {
		if err := r.L.Context().Err(); err != nil {
			return err
		}
		rows = append(rows, tick.Row{Time: scan.Time(), Seq: scan.Seq(), Value: scan.Value()})
	}
	if reverse {
		slices.Reverse(rows)
	}
	fmt.Fprintln(r.Out, r.ticks(in.String(), rows))
	return scan.Err()
}

// ticks shows ticks as a table under a title.
func (r *REPL) ticks(title string, rows []tick.Row) string {
	if len(rows) == 0 {
		return title + ": no ticks"
	}
	records := true
	for _, row := range rows {
		_, err := tick.DecodeRecord([]byte(row.Value))
		records = records && err == nil
	}
	// Within one day the day stands above, and the hours in the rows.
	first, last := tick.FormatTime(rows[0].Time, r.zone), tick.FormatTime(rows[len(rows)-1].Time, r.zone)
	day := len("2006-01-02 ")
	if first[:day] == last[:day] {
		title += " on " + first[:day-1]
	} else {
		day = 0
	}
	header := []string{"ts_us", "when", "seq"}
	if records {
		header = append(header, "price", "qty", "side", "channel", "order_no", "tick_no")
	} else {
		header = append(header, "value")
	}
	s := &shower{r: r, above: []*lua.LTable{nil}}
	var cells [][]string
	for _, row := range rows {
		line := []string{fmt.Sprint(row.Time), tick.FormatTime(row.Time, r.zone)[day:], fmt.Sprint(row.Seq)}
		if t, err := tick.DecodeRecord([]byte(row.Value)); records && err == nil {
			line = append(line, price(t.Price), fmt.Sprint(t.Qty), t.Side.String(), fmt.Sprint(t.Channel), fmt.Sprint(t.OrderNo), fmt.Sprint(t.TickNo))
		} else {
			line = append(line, s.text(row.Value))
		}
		cells = append(cells, line)
	}
	return title + "\n" + r.grid(header, cells, false)
}

// span reads FROM [TO] or DAY: µs, both ends included.
func (r *REPL) span(args []string) (start, end int64, err error) {
	start, end = 0, tick.MaxTime-1
	for i, text := range args {
		us, err := tick.ParseTime(text, r.zone, time.Now())
		switch {
		case err != nil:
			return 0, 0, fmt.Errorf("%w, got %q", err, text)
		case i == 0:
			start = us
		case i == 1:
			end = us
		default:
			return 0, 0, fmt.Errorf("one argument too many: %q", text)
		}
	}
	if len(args) == 1 {
		if day, err := time.ParseInLocation("2006-01-02", args[0], r.zone); err == nil {
			end = day.AddDate(0, 0, 1).UnixMicro() - 1
		}
	}
	return start, end, nil
}

func (r *REPL) count(args []string) error {
	db, in, start, end, err := r.targetSpan(args)
	if err != nil {
		return err
	}
	n, err := db.Count(&in, start, end)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%v: %d ticks\n", in, n)
	return nil
}

// joinTimes joins what a date and a time of day were split into.
func joinTimes(words []string) (times []string) {
	for _, w := range words {
		if n := len(times); n > 0 && strings.Contains(w, ":") && len(times[n-1]) == len("2006-01-02") && !strings.Contains(times[n-1], ":") {
			times[n-1] += " " + w
			continue
		}
		times = append(times, w)
	}
	return times
}

func (r *REPL) schema([]string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "storage engine %v\n", db.Format())
	if db.Format() == tick.V1 {
		fmt.Fprintln(r.Out, r.grid([]string{"key", "bytes", ""}, [][]string{
			{"symbol", "8", "ASCII, left-aligned, padded with spaces"}, {"ts_us", "8", "uint64 big-endian, µs since 1970"}, {"data_type", "1", ""},
		}, false))
		return nil
	}
	fmt.Fprintln(r.Out, r.grid([]string{"key", "bytes", ""}, [][]string{
		{"market", "1", "one ASCII character"},
		{"code", "9", "ASCII, right-aligned, padded with 0"},
		{"chunk_base_ms", "8", "uint64 big-endian, the beginning of 30 s"},
		{"micro_offset", "4", "uint32 big-endian, µs from there"},
		{"seq", "2", "uint16 big-endian, order within one µs"},
	}, false))
	in, _, err := r.instrument(db, nil)
	if err != nil {
		fmt.Fprintln(r.Out, err)
		return nil
	}
	row, ok, err := db.First(&in, 0)
	if err != nil || !ok {
		return err
	}
	kind := "a string"
	if decoded := decode(row.Value); decoded != "" {
		kind, _, _ = strings.Cut(decoded, ":")
		kind += " record"
	}
	fmt.Fprintf(r.Out, "the first value of %v is %s of %d bytes\n", in, kind, len(row.Value))
	return nil
}

func (r *REPL) stats([]string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	s, err := db.Stats()
	if err != nil {
		return err
	}
	fmt.Fprintln(r.Out, r.statsTable(&luabind.Stats{Stats: s}))
	return nil
}

func (r *REPL) timeCommand(args []string) error {
	if len(args) != 1 || args[0] != "on" && args[0] != "off" {
		return errors.New("usage: .time on|off")
	}
	r.timing = args[0] == "on"
	return nil
}

func (r *REPL) tz(args []string) error {
	if len(args) == 0 {
		fmt.Fprintln(r.Out, r.zone)
		return nil
	}
	zone, err := time.LoadLocation(args[0])
	if err != nil {
		return fmt.Errorf("unknown time zone %q; there are Asia/Shanghai, Asia/Hong_Kong, America/New_York, UTC and others", args[0])
	}
	r.zone = zone
	r.State.SetZone(zone)
	return nil
}

func (r *REPL) load(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .load FILE")
	}
	chunk, err := r.State.LoadFile(args[0])
	if err == nil {
		_, err = r.call(chunk)
	}
	return err
}

func (r *REPL) save(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: .save FILE")
	}
	if err := os.WriteFile(args[0], []byte(strings.Join(r.chunks, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%d chunks in %s\n", len(r.chunks), args[0])
	return nil
}

func (r *REPL) edit([]string) error {
	f, err := os.CreateTemp("", "microts-*.lua")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if n := len(r.chunks); n > 0 {
		fmt.Fprintln(f, r.chunks[n-1])
	}
	if err := f.Close(); err != nil {
		return err
	}
	editor := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi")
	_ = r.Out.Flush()
	cmd := exec.Command("sh", "-c", editor+` "$1"`, "sh", f.Name())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", editor, err)
	}
	text, err := os.ReadFile(f.Name())
	if err != nil || strings.TrimSpace(string(text)) == "" {
		return err
	}
	fmt.Fprintln(r.Out, highlightIf(r.colours, strings.TrimRight(string(text), "\n")))
	return r.chunk(string(text))
}

func highlightIf(colours bool, text string) string {
	if colours {
		return highlight(text)
	}
	return text
}

func (r *REPL) clear([]string) error {
	if r.Terminal {
		fmt.Fprint(r.Out, "\x1b[H\x1b[2J")
	}
	return nil
}
