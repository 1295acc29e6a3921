package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"microts/internal/human"
	"microts/internal/importer"
	"microts/internal/tick"
	"microts/store"
)

// importFlags are the flags of import.
type importFlags struct {
	importer.Options
	config, db     string
	maps           []string
	maxBad         int
	cumulative     bool
	guess, presets bool
	quiet          bool
}

func newImportCommand(p *process) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import [flags] [FILE...]",
		Short: "Write the ticks of CSV, JSON lines and Parquet files into a database",
		Long: `Write the ticks of files into a database: CSV, JSON lines, or Parquet, as they are
or in gzip, zstd or ZIP. FILE may be a pattern in quotes, or "-" for the standard
input. Format, delimiter, encoding and header are found out, and a preset is found by
the columns; --guess shows what would be done. --map makes a field of the ticks with
an expression over the columns.

An import that dies can be run again, and importing a file twice changes nothing: the
ticks of one instrument and time are numbered in the order of the files.

The exit code is 0 if all is written, 1 if it is not, and 2 if the command line is
wrong.`,
		Example: `  microts import 'ticks/*.csv.gz' --db data/tick
  microts import day.csv --db data/tick --guess
  microts import day.csv --db data/tick --map price="last*10000" --bad bad.csv
  zcat day.csv.gz | microts import - --db data/tick --code 600519.SH
  microts import --config import.toml`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.importFiles(&f, cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.db, "db", "", "write into the database in the folder `PATH`, which is created if it does not exist")
	flags.BoolVar(&f.guess, "guess", false, "show what would be done with the files, and the first ticks; write nothing")
	flags.BoolVar(&f.presets, "presets", false, "list the presets")
	flags.StringVar(&f.Preset, "preset", "", "take the files for those of the preset `NAME` (default: found by the columns)")
	flags.StringArrayVar(&f.maps, "map", nil, "make a field of the ticks: `FIELD=EXPR`, such as price=\"last*10000\"; the fields are "+strings.Join(importer.Fields, ", "))
	flags.StringVar(&f.CodeColumn, "code-column", "", "`COLUMN` with the codes")
	flags.StringVar(&f.Code, "code", "", "`SYMBOL` of files that have no codes, such as 600519.SH")
	flags.StringVar(&f.Market, "market", "", "market, one `CHARACTER`, of codes that do not tell theirs")
	flags.StringVar(&f.Zone, "tz", "", "time `ZONE` of times that do not tell theirs (default: that of the preset, Asia/Shanghai or UTC)")
	flags.StringVar(&f.Seq, "seq", "", "number the ticks of one instrument and time: \"auto\", in the order of the files, or the `COLUMN` with the seqs (default: that of the preset, or auto)")
	flags.StringVar(&f.Options.Format, "format", "", "`FORMAT` of the files: csv, json or parquet (default: found)")
	flags.StringVar(&f.Encoding, "encoding", "", "`ENCODING` of texts: utf-8, gbk, gb18030 or utf-16 (default: found)")
	flags.StringVar(&f.Delimiter, "delimiter", "", "`CHARACTER` between the fields of CSV, or \"tab\" (default: found)")
	flags.StringVar(&f.Header, "header", "", "whether the first line of CSV names the columns: `WORD` is yes or no (default: found)")
	flags.BoolVar(&f.cumulative, "cumulative", false, "the quantity is a total since the day began; write the differences (default: what the preset says)")
	flags.StringVar(&f.Bad, "bad", "", "write bad rows, with file, line and reason, into `FILE`, and go on")
	flags.IntVar(&f.maxBad, "max-bad", 0, "go on after up to `N` bad rows; -1: any number (default 0; with --bad, -1)")
	flags.StringVar(&f.config, "config", "", "`FILE` that describes the import (default "+importer.ConfigFile+" if no files are given)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show only errors")
	return cmd
}

// importFiles runs the command import.
func (p *process) importFiles(f *importFlags, cmd *cobra.Command, args []string) error {
	if f.presets {
		p.printPresets()
		return nil
	}
	if err := f.complete(cmd, args); err != nil {
		return err
	}
	f.Stdin = os.Stdin
	ctx, ended, done := p.untilSignal()
	defer done()
	var err error
	if f.guess {
		err = p.guess(ctx, f)
	} else {
		err = p.runImport(ctx, f)
	}
	if s := ended.Load(); s != 0 && errors.Is(err, context.Canceled) {
		return exitCode(128 + int(s))
	}
	if option := (*importer.OptionError)(nil); errors.As(err, &option) {
		return flagOption(option)
	}
	if many := (*importer.TooManyBadError)(nil); errors.As(err, &many) {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "%s\nmicrots: the import ended: --max-bad N allows more bad rows, --bad FILE writes all of them aside\n", many.List())
		return exitCode(exitFailed)
	}
	if err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
		return exitCode(exitFailed)
	}
	return nil
}

// flagOption returns the error of an option as one of its flag.
func flagOption(e *importer.OptionError) error {
	name, rest, _ := strings.Cut(e.Option, " ")
	if name == "files" {
		return errors.New(e.What)
	}
	return fmt.Errorf("--%s: %s", strings.TrimSpace(strings.ReplaceAll(name, "_", "-")+" "+rest), e.What)
}

// complete adds what the config file says to the flags, which win.
func (f *importFlags) complete(cmd *cobra.Command, args []string) error {
	given := cmd.Flags().Changed
	if given("max-bad") {
		f.MaxBad = &f.maxBad
	}
	if given("cumulative") {
		f.Cumulative = &f.cumulative
	}
	var err error
	if f.Map, err = parseMaps(f.maps); err != nil {
		return err
	}
	f.Files = args
	if f.config == "" && len(args) == 0 {
		if _, err := os.Stat(importer.ConfigFile); err != nil {
			return fmt.Errorf("no files are given, and there is no %s", importer.ConfigFile)
		}
		f.config = importer.ConfigFile
	}
	if f.config != "" {
		c, err := importer.ReadConfig(f.config)
		if err != nil {
			return err
		}
		f.merge(c, given)
	}
	if f.db == "" && !f.guess {
		return errors.New("--db: PATH is missing")
	}
	return nil
}

// merge takes from the config file what no flag gives.
func (f *importFlags) merge(c *importer.Config, given func(string) bool) {
	for flag, values := range map[string][2]*string{
		"db": {&f.db, &c.DB}, "preset": {&f.Preset, &c.Preset}, "code-column": {&f.CodeColumn, &c.CodeColumn}, "code": {&f.Code, &c.Code},
		"market": {&f.Market, &c.Market}, "tz": {&f.Zone, &c.Zone}, "seq": {&f.Seq, &c.Seq}, "format": {&f.Options.Format, &c.Options.Format},
		"encoding": {&f.Encoding, &c.Encoding}, "delimiter": {&f.Delimiter, &c.Delimiter}, "header": {&f.Header, &c.Header}, "bad": {&f.Bad, &c.Bad},
	} {
		if !given(flag) {
			*values[0] = *values[1]
		}
	}
	if f.MaxBad == nil {
		f.MaxBad = c.MaxBad
	}
	if f.Cumulative == nil {
		f.Cumulative = c.Cumulative
	}
	if len(f.Files) == 0 {
		f.Files = c.Files
	}
	all := maps.Clone(c.Map)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, f.Map)
	f.Map = all
}

// parseMaps reads the values of --map.
func parseMaps(texts []string) (map[string]string, error) {
	m := map[string]string{}
	for _, given := range texts {
		field, expr, ok := strings.Cut(given, "=")
		field = strings.TrimSpace(field)
		if !ok || expr == "" {
			return nil, fmt.Errorf("--map: FIELD=EXPR expected, got %q", given)
		}
		if m[field] != "" {
			return nil, fmt.Errorf("--map: %s is given twice", field)
		}
		m[field] = expr
	}
	return m, nil
}

// runImport writes the ticks of the files.
func (p *process) runImport(ctx context.Context, f *importFlags) error {
	db, err := p.env.Databases.Open(f.db, &store.Options{Durability: store.None, AnyFormat: true})
	if err != nil {
		return err
	}
	defer db.Close() // Import has flushed
	bar := newProgressReport(f.quiet)
	f.Progress = func(s importer.Progress) { bar.set(s.Elapsed, func() string { return importLine(s) }) }
	report, err := importer.Import(ctx, db, f.Options)
	bar.close()
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if !f.quiet {
		p.printImport(report, f)
	}
	return nil
}

// printImport says what an import did.
func (p *process) printImport(r *importer.Report, f *importFlags) {
	rate := ""
	if s := r.Elapsed.Seconds(); s > 0 {
		rate = fmt.Sprintf(", %s rows/s", human.Number(float64(int64(float64(r.Rows)/s))))
	}
	fmt.Fprintf(p.out, "%s of %s from %s in %s%s\n", human.Count(int(r.Ticks), "tick"), human.Count(r.Instruments, "instrument"), human.Count(r.Files, "file"), human.Span(r.Elapsed), rate)
	if r.Ticks > 0 {
		fmt.Fprintf(p.out, "%s to %s\n", tick.FormatTime(r.First, tick.Shanghai), tick.FormatTime(r.Last, tick.Shanghai))
	}
	if r.Bad == 0 {
		return
	}
	fmt.Fprintf(p.out, "%s", human.Count(int(r.Bad), "bad row"))
	if f.Bad != "" {
		fmt.Fprintf(p.out, ", in %s", f.Bad)
	}
	fmt.Fprintln(p.out)
	for i := range r.FirstBad {
		fmt.Fprintf(p.out, "  %s\n", r.FirstBad[i].String())
	}
}

// printPresets lists the presets.
func (p *process) printPresets() {
	t := p.newTable()
	t.AppendHeader(table.Row{"preset", "files", "columns"})
	for i := range importer.Presets {
		preset := &importer.Presets[i]
		t.AppendRow(table.Row{preset.Name, preset.About, strings.Join(preset.Needs, ", ")})
	}
	const most = 60
	t.SetColumnConfigs([]table.ColumnConfig{
		{Name: "files", WidthMax: most, WidthMaxEnforcer: text.WrapSoft},
		{Name: "columns", WidthMax: most, WidthMaxEnforcer: text.WrapSoft},
	})
	t.Render()
}

// guess shows what would be done with the files.
func (p *process) guess(ctx context.Context, f *importFlags) error {
	paths, err := importer.Expand(f.Files)
	if err != nil {
		return err
	}
	for i, path := range paths {
		const rows = 10
		g, err := importer.GuessFile(ctx, path, f.Options, rows)
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		p.printGuess(g)
	}
	return nil
}

func (p *process) printGuess(g *importer.Guess) {
	how := []string{g.Format}
	if g.Delimiter != 0 {
		how = append(how, "delimiter "+strconv.QuoteRune(rune(g.Delimiter)))
		if !g.Header {
			how = append(how, "no header")
		}
	}
	if g.Encoding != "" {
		how = append(how, g.Encoding)
	}
	fmt.Fprintf(p.out, "%s: %s\n", g.File, strings.Join(how, ", "))
	if g.Preset == "" {
		fmt.Fprintln(p.out, "no rows")
		return
	}
	fmt.Fprintf(p.out, "columns: %s\npreset %s, time zone %s", strings.Join(g.Columns, ", "), g.Preset, g.Zone)
	if g.Cumulative {
		fmt.Fprint(p.out, ", qty is a total since the day began: differences are written")
	}
	fmt.Fprintln(p.out)
	fields := p.newTable()
	fields.AppendHeader(table.Row{"field", "made of"})
	for _, field := range g.Fields {
		fields.AppendRow(table.Row{field.Field, field.Expr})
	}
	if !slices.ContainsFunc(g.Fields, func(f importer.GuessField) bool { return f.Field == "seq" }) {
		fields.AppendRow(table.Row{"seq", "auto"})
	}
	fields.Render()
	ticks := p.newTable()
	ticks.AppendHeader(table.Row{"market", "code", "time", "seq", "price", "qty", "side", "channel", "order_no", "tick_no"})
	for i := range g.Ticks {
		t := &g.Ticks[i]
		row := table.Row{string(rune(t.Name.Market)), t.Name.CodeText(), tick.FormatTime(t.Time, tick.Shanghai), t.Seq}
		if r, err := tick.DecodeRecord(t.Value); err == nil {
			row = append(row, strconv.FormatFloat(float64(r.Price)/tick.PriceScale, 'f', -1, 64), r.Qty, r.Side.String(), r.Channel, r.OrderNo, r.TickNo)
		} else {
			row = append(row, fmt.Sprintf("%d bytes", len(t.Value)))
		}
		ticks.AppendRow(row)
	}
	ticks.Render()
	for i := range g.Bad {
		fmt.Fprintf(p.out, "bad: %s\n", g.Bad[i].String())
	}
}

// importLine says how far an import is.
func importLine(s importer.Progress) string {
	line := fmt.Sprintf("import: %s rows, %s rows/s", human.Number(float64(s.Rows)), human.Number(float64(int64(float64(s.Rows)/max(s.Elapsed.Seconds(), 1e-3)))))
	if s.Bytes > 0 {
		line += fmt.Sprintf(", %s of %s", human.MiB(min(s.BytesRead, s.Bytes)), human.MiB(s.Bytes))
	}
	if s.Files > 1 {
		line += fmt.Sprintf(", file %d of %d", min(s.FilesDone+1, s.Files), s.Files)
	}
	if s.Bad > 0 {
		line += ", " + human.Count(int(s.Bad), "bad row")
	}
	if left, ok := s.Left(); ok {
		line += ", " + human.Clock(left) + " left"
	}
	return line
}
