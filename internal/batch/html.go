package batch

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"math"
	"time"

	"microts/internal/human"
)

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"seconds": human.Seconds,
	"time":    func(t time.Time) string { return t.Format("2006-01-02 15:04:05 UTC") },
}).Parse(pageText))

// page is what the template shows.
type page struct {
	*Report
	Name    string      // of the run folder
	Verdict string      // "done", "failed" or "unfinished"
	Failed  []JobReport // the first failures
	More    int         // number of failures that are not in Failed
	Work    float64     // seconds of all attempts together
	Data    template.JS // a pageData in JSON
}

// pageData is what the page's script shows.
type pageData struct {
	Jobs    []JobReport `json:"jobs"`
	Runs    []RunReport `json:"runs"`
	Results pageResults `json:"results"`
}

// pageResults are the first rows of the results.
type pageResults struct {
	Columns []string `json:"columns"`
	Numbers []bool   `json:"numbers"` // by column: whether its values are numbers
	Rows    [][]any  `json:"rows"`
	All     int      `json:"all"` // number of rows in results.csv
}

// html makes report.html, for a run folder with this name. The page is one file that
// refers to nothing on the network.
func (r *Report) html(name string, found *results) ([]byte, error) {
	const mostFailures = 200
	p := page{Report: r, Name: name, Verdict: r.verdict(), Failed: r.Failures()}
	if n := len(p.Failed); n > mostFailures {
		p.Failed, p.More = p.Failed[:mostFailures], n-mostFailures
	}
	data := pageData{Jobs: make([]JobReport, len(r.Jobs)), Runs: r.Runs, Results: found.page()}
	for i, j := range r.Jobs {
		for _, a := range j.Attempts {
			p.Work += a.Seconds
		}
		j.Traceback, j.Hash = "", "" // the script does not show them
		data.Jobs[i] = j
	}
	text, err := json.Marshal(data) // escapes <, > and &
	if err != nil {
		return nil, err
	}
	p.Data = template.JS(text)
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// verdict returns page.Verdict.
func (r *Report) verdict() string {
	switch c := r.Counts; {
	case c.Failed+c.Skipped > 0:
		return "failed"
	case c.Done < c.Jobs:
		return "unfinished"
	}
	return "done"
}

// page returns the results that the page shows, with text for the numbers that JSON
// lacks.
func (r *results) page() pageResults {
	p := pageResults{Columns: r.names(), Rows: make([][]any, len(r.first)), All: r.rows}
	for _, c := range r.columns {
		p.Numbers = append(p.Numbers, c.kind == intKind || c.kind == floatKind)
	}
	for i, row := range r.first {
		p.Rows[i] = make([]any, len(r.columns))
		for k, v := range row {
			if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
				v = showValue(f)
			}
			p.Rows[i][k] = v
		}
	}
	return p
}
