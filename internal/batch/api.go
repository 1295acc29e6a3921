package batch

import (
	"fmt"
	"reflect"
	"strings"
)

// Member is a field or a function of the global job.
type Member struct {
	Name string // as scripts write it: "job.params"
	Help string // in Markdown
}

// Members are the fields and functions of the global job, for help and documents.
var Members = []Member{
	{"job.id", "The number of the job, from 1 on. It is the same in every shard and every resumed run."},
	{"job.name", "Script and parameters, as in `factors[code=600000]`."},
	{"job.params", "A table of the parameters: strings, numbers and booleans."},
	{"job.attempt", "1 in the first attempt, one more in each retry and each resumed run."},
	{"job.db", "The database of `--db`. It is opened when the script first uses it; the handle is the job's own."},
	{"job.dir", "The run folder's `files/`, where every job may write."},
	{"job.log(...)", "Writes a line, with the time, into the job's log."},
	{"job.progress(done, total)", "Tells how far the job has come, in any unit. The display shows rate and ETA."},
	{"job.retry(message)", "Raises an error that lets the job try again, if it has retries left. `error{retryable = true, message = ...}` does the same."},
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
