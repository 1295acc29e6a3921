package batch

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"time"
)

//go:embed report.html.tmpl
var htmlText string

var htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"seconds": showSeconds,
	"time":    func(t time.Time) string { return t.Format("2006-01-02 15:04:05 UTC") },
}).Parse(htmlText))

// htmlReport is what the template shows. Data is the same for the page's script.
type htmlReport struct {
	*Report
	Name    string
	Verdict string // "done", "failed" or "unfinished"
	Failed  []JobReport
	More    int     // failures that are not in Failed
	Work    float64 // seconds of all attempts together
	Data    template.JS
}

// htmlData is what the page's script shows.
type htmlData struct {
	Jobs    []JobReport `json:"jobs"`
	Runs    []RunReport `json:"runs"`
	Results struct {
		Columns []string `json:"columns"`
		Numbers []bool   `json:"numbers"` // whether a column is of numbers
		Rows    [][]any  `json:"rows"`
		All     int      `json:"all"` // rows in the files
	} `json:"results"`
}

// html makes the page. It is one file that refers to nothing on the network.
func (r *Report) html(name string, found *results) ([]byte, error) {
	const mostFailures = 200
	page := htmlReport{Report: r, Name: name, Verdict: "done", Failed: r.Failures()}
	switch c := r.Counts; {
	case c.Failed+c.Skipped > 0:
		page.Verdict = "failed"
	case c.Done < c.Jobs:
		page.Verdict = "unfinished"
	}
	if n := len(page.Failed); n > mostFailures {
		page.Failed, page.More = page.Failed[:mostFailures], n-mostFailures
	}
	data := htmlData{Jobs: make([]JobReport, len(r.Jobs)), Runs: r.Runs}
	for i, j := range r.Jobs {
		for _, a := range j.Attempts {
			page.Work += a.Seconds
		}
		j.Traceback, j.Hash = "", "" // they are in the page, and of no use there
		data.Jobs[i] = j
	}
	data.Results.Columns, data.Results.All = found.names(), found.rows
	for _, c := range found.columns {
		data.Results.Numbers = append(data.Results.Numbers, c.kind == intKind || c.kind == floatKind)
	}
	data.Results.Rows = make([][]any, len(found.first))
	for i, row := range found.first {
		shown := make([]any, len(found.columns))
		for k, v := range row {
			if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
				v = showValue(f)
			}
			shown[k] = v
		}
		data.Results.Rows[i] = shown
	}
	text, err := json.Marshal(data) // escapes <, > and &
	if err != nil {
		return nil, err
	}
	page.Data = template.JS(text)
	var b bytes.Buffer
	if err := htmlTemplate.Execute(&b, page); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// showSeconds shows a time in three digits: 1.23 ms, 45.6 s, 12m34s.
func showSeconds(s float64) string {
	switch {
	case s < 0.9995:
		return fmt.Sprintf("%.3g ms", s*1000)
	case s < 60:
		return fmt.Sprintf("%.3g s", s)
	}
	return (time.Duration(s+0.5) * time.Second).String()
}
