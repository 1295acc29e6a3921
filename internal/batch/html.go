package batch

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"math"
	"strings"
	"time"

	"microts/internal/human"
	"microts/internal/tick"
)

//go:embed report.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"seconds": human.Seconds,
	"time": func(t time.Time) string {
		return t.In(tick.Shanghai).Format("2006-01-02 15:04:05 ") + tick.Shanghai.String()
	},
	"zone":  tick.Shanghai.String,
	"line":  func(text string) string { line, _, _ := strings.Cut(text, "\n"); return line },
	"first": func(jobs []JobReport) []JobReport { return jobs[:min(len(jobs), shownAlike)] },
}).Parse(pageText))

// page is what the template shows.
type page struct {
	*Report
	Name    string         // of the run folder
	Verdict string         // "done", "failed" or "unfinished"
	Failed  []FailureGroup // the largest groups
	More    int            // number of failed jobs that are not in Failed
	Work    float64        // seconds of all attempts together
	Data    template.JS    // a pageData in JSON
}

// pageData is what the page's script shows.
type pageData struct {
	Jobs    []JobReport   `json:"jobs"`
	Runs    []RunReport   `json:"runs"`
	Results []pageResults `json:"results"`
}

// pageResults are the first rows of the results of one script.
type pageResults struct {
	Script  string   `json:"script"` // its name
	File    string   `json:"file"`   // path of the CSV file in the run folder
	Columns []string `json:"columns"`
	Numbers []bool   `json:"numbers"` // by column: whether its values are numbers
	Rows    [][]any  `json:"rows"`
	All     int      `json:"all"` // number of rows in the file
}

// shownRows is the number of rows that report.html shows, of all scripts together.
const shownRows = 10_000

// shownAlike is the number of jobs that report.html lists of those that failed alike.
const shownAlike = 50

// html makes report.html, for a run folder with this name. The page is one file that
// refers to nothing on the network.
func (r *Report) html(name string, found []pageResults) ([]byte, error) {
	const mostGroups = 100
	p := page{Report: r, Name: name, Verdict: r.verdict(), Failed: r.FailureGroups()}
	if len(p.Failed) > mostGroups {
		for _, g := range p.Failed[mostGroups:] {
			p.More += len(g.Jobs)
		}
		p.Failed = p.Failed[:mostGroups]
	}
	data := pageData{Jobs: make([]JobReport, len(r.Jobs)), Runs: r.Runs, Results: found}
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

// pageResults reads the first rows of each script. There is text for the numbers that
// JSON lacks.
func (f *Folder) pageResults(all []*schema, reports []ResultReport) ([]pageResults, error) {
	pages := []pageResults{}
	for _, s := range all {
		if s.rows == 0 {
			continue
		}
		r := reports[len(pages)]
		p := pageResults{Script: s.script, File: r.CSV, Columns: s.names(), All: s.rows}
		for _, c := range r.Columns {
			p.Numbers = append(p.Numbers, c.Type == "BIGINT" || c.Type == "DOUBLE")
		}
		var err error
		if p.Rows, err = f.firstRows(s, shownRows/len(reports)); err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

// firstRows reads the first rows of a script, most at most.
func (f *Folder) firstRows(s *schema, most int) ([][]any, error) {
	rows := [][]any{}
	for _, j := range s.jobs {
		if len(rows) == most {
			break
		}
		t, err := f.rows.table(j.rows)
		if err != nil {
			return nil, err
		}
		origins := s.origins(j.Job, t)
		for i := range min(t.Rows, most-len(rows)) {
			row := make([]any, len(origins))
			for k, from := range origins {
				v := from.at(i)
				if number, ok := v.(float64); ok && (math.IsNaN(number) || math.IsInf(number, 0)) {
					v = showValue(number)
				}
				row[k] = v
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
