package batch

import (
	"fmt"
	"reflect"
	"strings"
)

// Member is a field or a function of the global job.
type Member struct {
	Name string // as it is used: "job.params"
	Help string
}

// Members are what the global job has.
var Members = []Member{
	{"job.id", "The place of the job in the list, from 1 on; the same in each shard and each resumed run."},
	{"job.name", "Script and parameters, as in `factors[code=600000]`."},
	{"job.params", "A table of the parameters: strings, numbers and booleans."},
	{"job.attempt", "1, and one more with each retry and each resumed run."},
	{"job.db", "The database of `--db`, opened when it is first asked for; a handle of the job's own."},
	{"job.dir", "The folder `files/` of the run, where all jobs may write."},
	{"job.log(...)", "Writes a line with the time into the job's log."},
	{"job.progress(done, total)", "Says how far the job is, in any unit: the console shows rate and ETA."},
	{"job.retry(message)", "Raises an error for which the job is tried again, where retries are left; so does `error{retryable = true, message = ...}`."},
}

// Markdown returns the table of the global job as the README shows it.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| name | |\n|---|---|\n")
	for _, m := range Members {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.Name, m.Help)
	}
	return b.String()
}

// Schema returns the table of report.json as the README shows it, from the types
// that are written: the comments beside their fields are in the source.
func Schema() string {
	var b strings.Builder
	b.WriteString("| object | fields |\n|---|---|\n")
	for _, t := range []struct {
		name string
		of   reflect.Type
	}{
		{"the report", reflect.TypeFor[Report]()},
		{"`options`", reflect.TypeFor[Options]()},
		{"`counts`", reflect.TypeFor[Counts]()},
		{"each of `runs`", reflect.TypeFor[RunReport]()},
		{"each of `jobs`", reflect.TypeFor[JobReport]()},
		{"each of `attempts`", reflect.TypeFor[AttemptReport]()},
	} {
		var fields []string
		for i := range t.of.NumField() {
			name, rest, _ := strings.Cut(t.of.Field(i).Tag.Get("json"), ",")
			if rest == "omitempty" {
				name += "?"
			}
			fields = append(fields, "`"+name+"` "+jsonType(t.of.Field(i).Type))
		}
		fmt.Fprintf(&b, "| %s | %s |\n", t.name, strings.Join(fields, ", "))
	}
	return b.String()
}

// jsonType says what a Go type is in JSON.
func jsonType(t reflect.Type) string {
	switch {
	case t.String() == "time.Time":
		return "time"
	case t == reflect.TypeFor[Params](), t.Kind() == reflect.Struct:
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
