package main

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"microts/internal/batch"
	"microts/internal/cli"
	"microts/internal/compat"
	"microts/internal/help"
	"microts/internal/importer"
	"microts/internal/repl"
	"microts/luabind"
	"microts/store"
)

// sections are the sections that a page may hold, by name. Each function makes the
// table of one.
var sections = map[string]func() table{
	"functions":        func() table { return functionTable(luabind.Functions) },
	"c-functions":      func() table { return functionTable(luabind.CFunctions) },
	"engine-methods":   func() table { return functionTable(luabind.EngineMethods) },
	"rocksdb-options":  func() table { return rocksOptionTable(false) },
	"rocksdb-refused":  func() table { return rocksOptionTable(true) },
	"stats":            statTable,
	"modules":          moduleTable,
	"arguments":        argumentTable,
	"entries":          entryTable,
	"options":          optionTable,
	"job":              jobTable,
	"report":           reportTable,
	"dot-commands":     dotCommandTable,
	"commands":         commandTable,
	"flags":            func() table { return flagTable() },
	"repl-flags":       func() table { return flagTable("repl") },
	"batch-flags":      func() table { return flagTable("batch") },
	"check-flags":      func() table { return flagTable("check") },
	"import-flags":     func() table { return flagTable("import") },
	"presets":          presetTable,
	"calendar-methods": func() table { return functionTable(luabind.CalendarMethods) },
}

func code(text string) string { return "`" + text + "`" }

func functionTable(functions []luabind.Function) table {
	t := table{columns: []column{{title: "call"}, {title: "returns", prose: true}, {prose: true}}}
	for _, f := range functions {
		t.rows = append(t.rows, []string{code(f.Usage()), f.Returns, f.Help})
	}
	return t
}

func statTable() table {
	t := table{columns: []column{{title: "field"}, {title: "unit", prose: true}, {prose: true}}}
	for _, f := range luabind.StatFields {
		t.rows = append(t.rows, []string{code(f.Name), f.Unit, f.Help})
	}
	return t
}

func moduleTable() table {
	t := table{columns: []column{{title: "module"}, {prose: true}}}
	for _, m := range compat.Modules {
		t.rows = append(t.rows, []string{code(m.Name), m.Help})
	}
	return t
}

func argumentTable() table {
	t := table{columns: []column{{title: "argument"}, {title: "range", prose: true}}}
	for _, a := range help.Arguments {
		t.rows = append(t.rows, []string{a.Name, a.Range})
	}
	return t
}

// entryTable makes the table of the functions of all modules beside micro_ts and the
// storage engines, and of the methods of string buffers.
func entryTable() table {
	t := table{columns: []column{{title: "call"}, {prose: true}}}
	for _, e := range slices.Concat(help.Modules, help.Buffer) {
		calls := code(e.Usage)
		for _, other := range e.Also {
			calls += ", " + code(other)
		}
		t.rows = append(t.rows, []string{calls, e.Help})
	}
	return t
}

func optionTable() table {
	t := table{columns: []column{{title: "option of", prose: true}, {title: "option"}, {title: "values", prose: true}, {prose: true}}}
	for _, o := range help.Options {
		t.rows = append(t.rows, []string{o.Of, code(o.Name), o.Values, o.Help})
	}
	return t
}

func jobTable() table {
	t := table{columns: []column{{title: "name"}, {prose: true}}}
	for _, m := range batch.Members {
		t.rows = append(t.rows, []string{code(m.Name), m.Help})
	}
	return t
}

// rocksOptionTable makes the table of the options of RocksDB that can be set, or of
// those that are refused.
func rocksOptionTable(refused bool) table {
	t := table{columns: []column{{title: "option"}, {title: "values"}}}
	if refused {
		t.columns[1] = column{title: "why not", prose: true}
	}
	for _, o := range store.RocksOptions() {
		switch {
		case refused && o.Refused != "":
			t.rows = append(t.rows, []string{code(o.Name), o.Refused})
		case !refused && o.Refused == "":
			t.rows = append(t.rows, []string{code(o.Name), o.Values})
		}
	}
	return t
}

func dotCommandTable() table {
	t := table{columns: []column{{title: "command"}, {prose: true}}}
	for _, c := range repl.Commands() {
		t.rows = append(t.rows, []string{code(c.Usage), c.Help})
	}
	return t
}

func commandTable() table {
	t := table{columns: []column{{title: "command"}, {prose: true}}}
	for _, c := range cli.Command().Commands() {
		if c.Runnable() && !c.Hidden {
			t.rows = append(t.rows, []string{code("microts " + c.Use), c.Short})
		}
	}
	return t
}

// flagTable makes the table of the flags of a command. It leaves out --help, which
// every command has.
func flagTable(command ...string) table {
	t := table{columns: []column{{title: "flag"}, {prose: true}}}
	commandOf(command).LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		call := strings.TrimSpace("--" + f.Name + " " + value)
		if f.NoOptDefVal != "" && value != "" {
			call = "--" + f.Name + "[=" + value + "]"
		}
		if f.Shorthand != "" {
			call = "-" + f.Shorthand + ", " + call
		}
		t.rows = append(t.rows, []string{code(call), usage})
	})
	return t
}

// commandOf returns the command with a name, or microts itself if there is no name.
func commandOf(name []string) *cobra.Command {
	c, _, err := cli.Command().Find(name)
	if err != nil {
		panic(err) // a name in sections is wrong
	}
	return c
}

// presetTable makes the table of the presets of import.
func presetTable() table {
	t := table{columns: []column{{title: "preset"}, {title: "files", prose: true}, {title: "columns"}, {title: "source"}}}
	for i := range importer.Presets {
		p := &importer.Presets[i]
		t.rows = append(t.rows, []string{code(p.Name), p.About, strings.Join(p.Needs, ", "), p.Source})
	}
	return t
}

// reportTable makes the table of report.json from the Go types of the report.
func reportTable() table {
	t := table{columns: []column{{title: "object", prose: true}, {title: "fields"}}}
	for _, object := range []struct {
		name string
		of   reflect.Type
	}{
		{"the report", reflect.TypeFor[batch.Report]()},
		{"`shard`", reflect.TypeFor[batch.Shard]()},
		{"`options`", reflect.TypeFor[batch.Options]()},
		{"`counts`", reflect.TypeFor[batch.Counts]()},
		{"each of `runs`", reflect.TypeFor[batch.RunReport]()},
		{"each of `jobs`", reflect.TypeFor[batch.JobReport]()},
		{"each of `attempts`", reflect.TypeFor[batch.AttemptReport]()},
		{"each of `results`", reflect.TypeFor[batch.ResultReport]()},
		{"each of its `columns`", reflect.TypeFor[batch.ColumnReport]()},
	} {
		var fields []string
		for i := range object.of.NumField() {
			field := object.of.Field(i)
			name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
			if option == "omitempty" {
				name += "?"
			}
			fields = append(fields, code(name)+" "+jsonType(field.Type))
		}
		t.rows = append(t.rows, []string{object.name, strings.Join(fields, ", ")})
	}
	return t
}

// jsonType returns the name of the JSON type that values of a Go type become.
func jsonType(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t == reflect.TypeFor[batch.Params](), t.Kind() == reflect.Struct: // Params marshals itself
		return "object"
	case t.Kind() == reflect.Slice:
		return "array"
	case t.Kind() == reflect.String:
		return "string"
	case t.Kind() == reflect.Bool:
		return "boolean"
	}
	return "number"
}
