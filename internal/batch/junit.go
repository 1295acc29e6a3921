package batch

import (
	"encoding/xml"
	"fmt"
)

// junitSuites is junit.xml, in the form that Jenkins, GitLab and others read. Each
// script is a suite, and each job a case.
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

	seconds float64 // of all cases
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

// junit makes junit.xml, for a run folder with this name.
func (r *Report) junit(name string) ([]byte, error) {
	suites := junitSuites{Name: name, Time: junitSeconds(r.Seconds)}
	byScript := map[string]*junitSuite{}
	for _, j := range r.Jobs {
		s := byScript[j.Script]
		if s == nil {
			s = &junitSuite{Name: j.Script, Stamp: r.Started.Format("2006-01-02T15:04:05")}
			byScript[j.Script] = s
			suites.Suites = append(suites.Suites, s)
		}
		s.add(j)
	}
	for _, s := range suites.Suites {
		s.Time = junitSeconds(s.seconds)
		suites.Tests += s.Tests
		suites.Failures += s.Failures
		suites.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(suites, "", " ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(text, '\n')...), nil
}

// add adds a job to the suite of its script.
func (s *junitSuite) add(j JobReport) {
	c := junitCase{Class: baseName(j.Script), Name: j.Name, Time: junitSeconds(j.Seconds)}
	if j.Log != "" {
		c.Out = "log: " + j.Log
	}
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
	s.Tests++
	s.seconds += j.Seconds
	s.Cases = append(s.Cases, c)
}

func junitSeconds(s float64) string { return fmt.Sprintf("%.6f", s) }
