package batch

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// readCSV returns the lines of a CSV file, with "|" between the fields.
func readCSV(t *testing.T, path string) (lines []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		lines = append(lines, strings.Join(l, "|"))
	}
	return lines
}

// readParquet returns the types of the columns of a Parquet file, and its rows, with "|"
// between the values.
func readParquet(t *testing.T, path string) (types string, lines []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range f.Schema().Fields() {
		all = append(all, c.Name()+" "+c.Type().String())
	}
	reader := parquet.NewReader(f)
	defer reader.Close()
	rows := make([]parquet.Row, f.NumRows()+1)
	n, err := reader.ReadRows(rows)
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	for _, row := range rows[:n] {
		var line []string
		for _, v := range row {
			text := ""
			if !v.IsNull() {
				text = v.String()
			}
			line = append(line, text)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	return strings.Join(all, ", "), lines
}

// TestResults writes what jobs return, and reads it back.
func TestResults(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		local k = job.params.k
		if k == 1 then return {n = 1, f = 0.5, s = "a,\"b\"\n中", yes = true, nan = 0/0} end
		if k == 2 then return {{n = 2, f = 1/0}, {n = -3, f = -1/0, late = "x", k = k}, {}} end
		if k == 4 then return {{time = 1700000000000000, day = "2023-11-14", at = "2023-11-14 09:30:00.07", code = 600519, end_us = 5}} end`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 4), Options: Options{Workers: 2}}, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	if report.Counts.Done != 4 || report.Rows != 5 || !report.Complete {
		t.Fatalf("%+v, %d rows", report.Counts, report.Rows)
	}
	if len(report.Columns) != 13 || report.Columns[0] != "job_id" || report.Columns[1] != "k" {
		t.Errorf("the columns are %v", report.Columns)
	}
	for _, name := range []string{CSVFile, filepath.Join(ResultsDir, "a.csv")} {
		byName := columnsByName(readCSV(t, filepath.Join(f.Path, name)))
		for column, want := range map[string]string{
			"job_id": "1|2|2|2|4", "k": "1|2|2|2|4", "n": "1|2|-3||", "f": "0.5|+Inf|-Inf||", "s": "a,\"b\"\n中||||", "yes": "true||||",
			"nan": "NaN||||", "late": "||x||", "time": "||||1700000000000000", "day": "||||2023-11-14",
			"at": "||||2023-11-14 09:30:00.07", "code": "||||600519", "end_us": "||||5",
		} {
			if byName[column] != want {
				t.Errorf("%s: %s: %s, not %s", name, column, byName[column], want)
			}
		}
	}
	types, rows := readParquet(t, filepath.Join(f.Path, ParquetFile))
	for _, want := range []string{
		"job_id INT(64,true)", "k INT(64,true)", "n INT(64,true)", "f DOUBLE", "s STRING", "yes BOOLEAN", "nan DOUBLE", "late STRING",
		"time TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", "day DATE", "at TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", "code STRING", "end_us INT(64,true)",
	} {
		if !strings.Contains(types+", ", want+", ") {
			t.Errorf("no %s in %s", want, types)
		}
	}
	byName := columnsByName(append([]string{strings.Join(report.Columns, "|")}, rows...))
	for column, want := range map[string]string{
		"job_id": "1|2|2|2|4", "n": "1|2|-3||", "f": "0.5|+Inf|-Inf||", "yes": "true||||", "time": "||||1700000000000000",
		"day": "||||19675", "at": "||||1699925400070000", "code": "||||600519",
	} {
		if byName[column] != want {
			t.Errorf("Parquet: %s: %s, not %s", column, byName[column], want)
		}
	}
}

// columnsByName returns the values of each column of a table whose first line has the
// names.
func columnsByName(lines []string) map[string]string {
	all := map[string]string{}
	for i, name := range strings.Split(lines[0], "|") {
		var values []string
		for _, line := range lines[1:] {
			values = append(values, strings.Split(line, "|")[i])
		}
		all[name] = strings.Join(values, "|")
	}
	return all
}

// TestResultsByScript: each script has files of its own, and there are common ones if
// the columns agree.
func TestResultsByScript(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `return {x = 1}`, "b.lua": `return {{x = 0.5}, {x = 2}}`, "none.lua": `return {}`, "c.lua": `return {y = 1}`, "d.lua": `return {x = "s"}`,
	})
	runAll := func(scripts ...string) (*Folder, *Report) {
		f := create(t, plan(t, &Spec{}, dir, scripts...))
		return f, runFolder(t, f, &recorder{})
	}
	f, report := runAll("a.lua", "b.lua", "none.lua")
	if got := strings.Join(readCSV(t, filepath.Join(f.Path, CSVFile)), " "); got != "job_id|x 1|1 2|0.5 2|2" {
		t.Errorf("the results are %s", got)
	}
	if types, rows := readParquet(t, filepath.Join(f.Path, ParquetFile)); types != "job_id INT(64,true), x DOUBLE" || len(rows) != 3 {
		t.Errorf("the results in Parquet are %s, %q", types, rows)
	}
	if len(report.Results) != 2 || report.Results[1].CSV != "results/b.csv" || report.Results[1].Rows != 2 || report.Results[0].Columns[1] != (ColumnReport{"x", "BIGINT"}) {
		t.Errorf("%+v", report.Results)
	}
	for _, other := range []string{"c.lua", "d.lua"} { // another name, another type
		f, report = runAll("a.lua", other)
		if exists(filepath.Join(f.Path, CSVFile)) || exists(filepath.Join(f.Path, ParquetFile)) || len(report.Columns) > 0 || report.Rows != 2 {
			t.Errorf("with %s: %v, %d rows", other, report.Columns, report.Rows)
		}
		if got := strings.Join(readCSV(t, filepath.Join(f.Path, ResultsDir, "a.csv")), " "); got != "job_id|x 1|1" {
			t.Errorf("with %s: the results of a.lua are %s", other, got)
		}
	}
	f, _ = runAll("none.lua")
	if got := strings.Join(readCSV(t, filepath.Join(f.Path, CSVFile)), " "); got != "job_id" {
		t.Errorf("without rows the results are %s", got)
	}
}

// TestTwoTypesInAColumn: the job that returns another type than one before it fails, with
// an error that names both rows, and its rows are kept.
func TestTwoTypesInAColumn(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `if job.params.k == 1 then return {{}, {x = 1}} end return {{y = 1}, {y = 2, x = "s"}}`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 2), Options: Options{Workers: 1}}, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	kept := filepath.Join(f.Path, "rejected", "000002-a[k=2].csv")
	want := "result: row 2: x: a number expected, as in row 2 of a[k=1], got a string: a column has one type; its rows are in " + kept
	if report.Jobs[1].Message != want || report.Counts.Failed != 1 {
		t.Errorf("%s", report.Jobs[1].Message)
	}
	if got := strings.Join(readCSV(t, kept), " "); got != "y|x 1| 2|s" && got != "x|y |1 s|2" {
		t.Errorf("the rejected rows are %s", got)
	}
	if got := strings.Join(readCSV(t, filepath.Join(f.Path, CSVFile)), " "); got != "job_id|k|x 1|1| 1|1|1" {
		t.Errorf("the results are %s", got)
	}
}

// TestUnwrittenResults: when the context ends, the report is there, and the results come
// later.
func TestUnwrittenResults(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `return {x = 1}`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 3)}, dir, "a.lua"))
	if err := NewRunner(Config{Folder: f, Env: env, Observer: &recorder{}}).Run(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	report, err := f.WriteReports(ctx, func(rows, all int) {
		if all != 3 {
			t.Errorf("%d of %d rows", rows, all)
		}
		cancel()
	})
	if !errors.Is(err, ErrUnwritten) || report.Rows != 3 || report.Complete {
		t.Errorf("%+v, %v", report, err)
	}
	left, err := os.ReadDir(filepath.Join(f.Path, ResultsDir))
	if err != nil || len(left) != 0 || exists(filepath.Join(f.Path, CSVFile)) || !exists(filepath.Join(f.Path, HTMLFile)) {
		t.Errorf("%v, %v", left, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if f, err = OpenAnywhere(f.Path); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if report, err := f.WriteReports(context.Background(), nil); err != nil || !report.Complete {
		t.Errorf("%v", err)
	}
	if lines := readCSV(t, filepath.Join(f.Path, CSVFile)); len(lines) != 4 {
		t.Errorf("%q", lines)
	}
}

// TestLostRows: a job whose rows a power failure took is run again.
func TestLostRows(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `return {x = job.params.k}`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 3), Options: Options{Workers: 1}}, dir, "a.lua"))
	runFolder(t, f, &recorder{})
	path := filepath.Join(f.Path, rowsFile)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-1); err != nil {
		t.Fatal(err)
	}
	rec := &recorder{}
	report := runFolder(t, resume(t, f.Path), rec)
	if len(rec.starts) != 1 || rec.starts[0] != 3 || report.Rows != 3 {
		t.Errorf("started %v, %d rows", rec.starts, report.Rows)
	}
}

// TestReportFiles reads report.json, junit.xml and report.html as their readers do.
func TestReportFiles(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		if job.params.k == 2 then error("<b>&\"\1 ]]> </script>") end
		return {k = job.params.k, html = "</script><script>alert(1)</script>"}`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 3), Version: "test"}, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	text, err := os.ReadFile(filepath.Join(f.Path, ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil || back.Counts != report.Counts || len(back.Jobs) != 3 || back.Version != "test" || back.Format != 1 {
		t.Errorf("%+v, %v", back, err)
	}
	junit, err := os.ReadFile(filepath.Join(f.Path, JUnitFile))
	if err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(junit, &suites); err != nil || suites.Tests != 3 || suites.Failures != 1 || len(suites.Suites) != 1 {
		t.Errorf("%+v, %v", suites, err)
	}
	if failure := suites.Suites[0].Cases[1].Failure; failure == nil || failure.Type != "error" || !strings.Contains(failure.Text, "stack traceback") {
		t.Errorf("%+v", failure)
	}
	html, err := os.ReadFile(filepath.Join(f.Path, HTMLFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(html), "</script>"); n != 2 {
		t.Errorf("%d scripts end in the page, not 2", n)
	}
	for _, reference := range []string{"http://", "https://", "src=", "@import", "url("} {
		if strings.Contains(string(html), reference) {
			t.Errorf("the page refers to something: %s", reference)
		}
	}
}
