package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"permc.dev/permc/compiler/ask/expect"
)

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`

	named map[string]int // how often there is a case of a name
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// TestJUnit writes the outcomes of expectations as JUnit XML: a suite for each file with expectations, and one for
// the coverage if a minimum is set.
func TestJUnit(w io.Writer, r *TestReport) error {
	out := junitSuites{Name: "permc test"}
	for i := range r.Result.Outcomes {
		o := &r.Result.Outcomes[i]
		c := junitOutcome(r, o)
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != c.File {
			out.Suites = append(out.Suites, newJunitSuite(r, c.File))
		}
		out.Suites[len(out.Suites)-1].add(c)
	}
	if r.MinCoverage > 0 {
		out.Suites = append(out.Suites, junitCoverage(r))
	}
	for _, s := range out.Suites {
		out.Tests += s.Tests
		out.Failures += s.Failures
	}
	return writeXML(w, out)
}

func newJunitSuite(r *TestReport, name string) *junitSuite {
	return &junitSuite{Name: name, Time: "0", Properties: []junitProperty{{"as-of", r.Policy.AsOf.String()}}}
}

// add numbers cases with equal names, because build servers merge them.
func (s *junitSuite) add(c junitCase) {
	if s.named == nil {
		s.named = map[string]int{}
	}
	s.named[c.Name]++
	if n := s.named[c.Name]; n > 1 {
		c.Name = fmt.Sprintf("%s (%d)", c.Name, n)
	}
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func junitOutcome(r *TestReport, o *expect.Outcome) junitCase {
	at := r.Policy.Files.Position(o.Pos())
	c := junitCase{Name: Safe(o.String()), Class: Safe(at.File), File: Safe(at.File), Line: at.Line, Time: "0"}
	if o.Passed() {
		return c
	}
	var text strings.Builder
	notes := outcomeNotes(r.Policy.Files, o)
	for _, n := range notes {
		fmt.Fprintf(&text, "%s: %s\n", n[0], Safe(n[1]))
	}
	c.Failure = &junitFailure{Message: Safe(notes[0][1]), Type: "expectation",
		Text: "\n" + placePrefix(at) + "fail: " + c.Name + "\n" + text.String()}
	return c
}

func junitCoverage(r *TestReport) *junitSuite {
	s := newJunitSuite(r, "coverage")
	c := junitCase{Name: fmt.Sprintf("coverage is at least %d %%", r.MinCoverage), Class: "coverage", Time: "0"}
	if text := r.Shortfall(); text != "" {
		c.Failure = &junitFailure{Message: text, Type: "coverage", Text: text}
	}
	s.add(c)
	return s
}
