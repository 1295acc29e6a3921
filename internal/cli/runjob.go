package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"microts/internal/batch"
	"microts/internal/human"
	"microts/internal/tick"
)

// jobFlags are the flags of run that give the script a job, as if it ran in a batch.
type jobFlags struct {
	params             []string
	db, archive, cache string
	readOnly           bool
}

// register adds the flags to the command run.
func (f *jobFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.params, "param", nil, "run the script as one job of a batch, with the global job, and the parameter `NAME=VALUE`")
	flags.StringVar(&f.db, "db", "", "run the script as one job of a batch, with the database in the folder `PATH`, or the archive at a URL, as job.db")
	flags.StringVar(&f.archive, "archive", "", "read the archive at `URL` as one with the database of --db")
	flags.StringVar(&f.cache, "cache", "", "keep what is read from the archive in `FOLDER`")
	flags.BoolVar(&f.readOnly, "read-only", false, "open the database of --db read-only")
}

// given says whether the script is to have a job.
func (f *jobFlags) given() bool { return len(f.params) > 0 || f.db != "" }

// take takes the flags that stand after the script, up to "--", and returns the arguments
// of the script.
func (f *jobFlags) take(args []string) (rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, value, hasValue := strings.Cut(args[i], "=")
		switch name {
		case "--":
			return append(rest, args[i+1:]...), nil
		case "--read-only":
			f.readOnly = true
		case "--param", "--db", "--archive", "--cache":
			if !hasValue {
				if i++; i == len(args) {
					return nil, fmt.Errorf("%s: a value expected", name)
				}
				value = args[i]
			}
			switch name {
			case "--db":
				f.db = value
			case "--archive":
				f.archive = value
			case "--cache":
				f.cache = value
			default:
				f.params = append(f.params, value)
			}
		default:
			rest = append(rest, args[i])
		}
	}
	return rest, nil
}

// runJob runs a script as one job of a batch.
func (p *process) runJob(f *jobFlags, script string, args []string) error {
	alone := batch.Alone{Script: script, DB: f.db, Archive: f.archive, Cache: f.cache, ReadOnly: f.readOnly, Args: args, Env: p.env}
	for _, param := range f.params {
		v, err := batch.ParseValues(param)
		if err != nil {
			return fmt.Errorf("--param: %w", err)
		}
		alone.Values = append(alone.Values, v)
	}
	p.handleSignals()
	t, code, err := alone.Run(context.Background())
	if err != nil {
		return err
	}
	if code != 0 {
		return exitCode(code)
	}
	p.printRows(t)
	return nil
}

// printRows prints the first rows of a result. Times in µs are shown as times.
func (p *process) printRows(rows *batch.Table) {
	if rows == nil || rows.Rows == 0 {
		return
	}
	t := p.newTable()
	header, isTime := table.Row{}, make([]bool, len(rows.Columns))
	var configs []table.ColumnConfig
	for k, name := range rows.Names() {
		header = append(header, name)
		switch rows.Columns[k].Kind.Type(name) {
		case "TIMESTAMP":
			isTime[k] = true
		case "BIGINT", "DOUBLE":
			configs = append(configs, table.ColumnConfig{Number: k + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	for i := range min(rows.Rows, mostLines) {
		line := table.Row{}
		for k, v := range rows.Row(i) {
			switch f := v.(type) {
			case nil:
				v = ""
			case float64:
				if v = strconv.FormatFloat(f, 'f', -1, 64); isTime[k] {
					v = tick.FormatTime(int64(f), tick.Shanghai)
				}
			}
			line = append(line, v)
		}
		t.AppendRow(line)
	}
	t.Render()
	if rows.Rows > mostLines {
		fmt.Fprintf(p.out, "the first %d of ", mostLines)
	}
	fmt.Fprintln(p.out, human.Count(rows.Rows, "row"))
}
