package render

import (
	"io"
	"strconv"

	"permc.dev/permc/compiler/diag"
)

// FindingsJUnit writes findings as failures of JUnit tests, those of a file in
// a suite, and waived ones, and those of the baseline, as skipped. A clean project is one test that passes,
// since readers take a report without tests for a mistake.
func FindingsJUnit(w io.Writer, r *Findings) error {
	out, suites := junitSuites{Name: "permc check"}, map[string]*junitSuite{}
	suite := func(name string) *junitSuite {
		s := suites[name]
		if s == nil {
			s = &junitSuite{Name: Safe(name), Time: "0", Properties: []junitProperty{{"as-of", r.AsOf.String()}}}
			suites[name], out.Suites = s, append(out.Suites, s)
		}
		return s
	}
	list, omitted := r.written()
	for _, d := range list {
		if d != nil {
			c := junitFinding(r, d)
			suite(c.File).add(c)
		}
	}
	if omitted > 0 {
		s := out.Suites[0]
		s.Properties = append(s.Properties, junitProperty{"omitted", strconv.Itoa(omitted)})
	}
	if len(r.Findings) == 0 {
		suite("permc check").add(junitCase{Name: "no findings", Class: "permc check", Time: "0"})
	}
	for _, s := range out.Suites {
		out.Tests += s.Tests
		out.Failures += s.Failures
	}
	return writeXML(w, out)
}

func junitFinding(r *Findings, d *diag.Finding) junitCase {
	at := r.place(d)
	file := Safe(at.File)
	c := junitCase{Name: d.Rule + ": " + said(d, "; "), Class: file, File: file, Line: at.Line, Time: "0"}
	if how := silencedBy(d); how != "" {
		c.Skipped = &junitSkipped{Safe(how + ": " + whySilenced(d))}
		return c
	}
	if d.Baseline {
		c.Skipped = &junitSkipped{"in the baseline"}
		return c
	}
	c.Failure = &junitFailure{Message: said(d, "; "), Type: level(d.Severity), Text: place(at) + level(d.Severity) + ": " + advice(d, "\n") + " [" + d.Rule + "]"}
	return c
}
