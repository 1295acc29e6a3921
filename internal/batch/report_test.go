package batch

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestResults writes what jobs return, and reads it back.
func TestResults(t *testing.T) {
	dir := write(t, map[string]string{
		"one.lua":    `return {n = 1, f = 0.5, s = "a,\"b\"\n中", yes = true, mixed = 1, nan = 0/0}`,
		"rows.lua":   `return {{n = 2, f = 1/0}, {n = -3, f = -1/0, mixed = "x"}, {}}`,
		"scalar.lua": `return 42`, "list.lua": `return {1, "x"}`, "none.lua": ``, "empty.lua": `return {}`,
		"param.lua": `return {code = 7}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	s.Scripts = []Script{{Path: filepath.Join(dir, "param.lua"), Grid: values("code", 5.0)}}
	f := create(t, plan(t, s, dir, "one.lua", "rows.lua", "scalar.lua", "list.lua", "none.lua", "empty.lua"))
	report := runFolder(t, f, &recorder{})
	if report.Counts.Done != 7 || report.Rows != 8 || strings.Join(report.Columns, " ") != "job_id code n f s yes mixed nan value" {
		t.Fatalf("%+v, %d rows of %v", report.Counts, report.Rows, report.Columns)
	}
	file, err := os.Open(filepath.Join(f.Path, CSVFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var flat []string
	for _, l := range lines {
		flat = append(flat, strings.Join(l, "|"))
	}
	want := []string{
		"job_id|code|n|f|s|yes|mixed|nan|value", "1|7|||||||", "2||1|0.5|a,\"b\"\n中|true|1|NaN|",
		"3||2|+Inf|||||", "3||-3|-Inf|||x||", "3||||||||", "4||||||||42", "5||||||||1", "5||||||||x",
	}
	if !slices.Equal(flat, want) {
		t.Errorf("%q", flat)
	}

	parquetFile, err := os.Open(filepath.Join(f.Path, ParquetFile))
	if err != nil {
		t.Fatal(err)
	}
	defer parquetFile.Close()
	info, _ := parquetFile.Stat()
	pf, err := parquet.OpenFile(parquetFile, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, c := range pf.Schema().Fields() {
		types = append(types, c.Name()+" "+c.Type().String())
	}
	if got := strings.Join(types, ", "); got != "job_id INT(64,true), code INT(64,true), n INT(64,true), f DOUBLE, s STRING, yes BOOLEAN, mixed STRING, nan DOUBLE, value STRING" {
		t.Errorf("%s", got)
	}
	reader := parquet.NewReader(pf)
	defer reader.Close()
	rows := make([]parquet.Row, 10)
	n, err := reader.ReadRows(rows)
	if n != 8 || err != nil && err != io.EOF {
		t.Fatalf("%d rows, %v", n, err)
	}
	for i, row := range rows[:n] {
		for k, v := range row {
			got := ""
			if !v.IsNull() {
				got = v.String()
			}
			if w := want[i+1]; got != strings.Split(w, "|")[k] {
				t.Errorf("row %d, column %d: %s, not in %s", i, k, got, w)
			}
		}
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
