package render

import (
	"io"
	"strconv"

	"permc.dev/permc/compiler/diag"
)

// FindingsJUnit writes findings as failed JUnit tests, a suite for each file. Silenced findings are skipped tests. A
// clean project is one passed test, because readers take a report without tests for a mistake.
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
	c := junitCase{Name: d.Rule + ": " + messageOf(d, "; "), Class: file, File: file, Line: at.Line, Time: "0"}
	if how := silencedBy(d); how != "" {
		c.Skipped = &junitSkipped{Safe(how + ": " + whySilenced(d))}
		return c
	}
	if d.Baseline {
		c.Skipped = &junitSkipped{"in the baseline"}
		return c
	}
	c.Failure = &junitFailure{Message: messageOf(d, "; "), Type: levelName(d.Severity),
		Text: placePrefix(at) + levelName(d.Severity) + ": " + messageAndHelp(d, "\n") + " [" + d.Rule + "]"}
	return c
}
