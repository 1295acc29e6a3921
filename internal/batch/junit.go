package batch

import (
	"encoding/xml"
	"fmt"
)

// JUnit's XML as Jenkins, GitLab and others read it: a suite a script, a case a
// job.
type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Time     string        `xml:"time,attr"` // seconds
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Stamp    string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`

	seconds float64
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

func (r *Report) junit(name string) ([]byte, error) {
	seconds := func(s float64) string { return fmt.Sprintf("%.6f", s) }
	all := junitSuites{Name: name, Time: seconds(r.Seconds)}
	byScript := map[string]*junitSuite{}
	for _, j := range r.Jobs {
		s := byScript[j.Script]
		if s == nil {
			s = &junitSuite{Name: j.Script, Stamp: r.Started.Format("2006-01-02T15:04:05")}
			byScript[j.Script] = s
			all.Suites = append(all.Suites, s)
		}
		c := junitCase{Class: baseName(j.Script), Name: j.Name, Time: seconds(j.Seconds)}
		if j.Log != "" {
			c.Out = "log: " + j.Log
		}
		s.Tests++
		s.seconds += j.Seconds
		switch j.Status {
		case Done:
		case Failed:
			s.Failures++
			c.Failure = &junitFailure{string(j.Reason), j.Message, j.Message + "\n" + j.Traceback}
		default:
			s.Skipped++
			message := string(j.Status)
			if j.Message != "" {
				message += ": " + j.Message
			}
			c.Skipped = &junitSkipped{message}
		}
		s.Cases = append(s.Cases, c)
	}
	for _, s := range all.Suites {
		s.Time = seconds(s.seconds)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(all, "", " ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}
