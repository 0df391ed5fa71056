package xlsx

import (
	"fmt"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// findingsSheet returns the sheet of findings.
func findingsSheet(in *job, f *facts) *sheet {
	s := &sheet{
		name:   "Findings",
		head:   true,
		frozen: 2,
		review: -1,
		rows:   len(f.Findings),
		about:  "the findings of permc check, what to do about them, and which are silenced and why",
	}
	s.columns = []column{{"Severity", 9, header}, {"Rule", 20, header}, {"User or group", 24, header},
		{"Finding", 50, header}, {"What to do", 40, header},
		{"Role", 18, header}, {"Permission", 20, header}, {"Scope", 18, header}, {"Silenced", 26, header},
		{"Position", 30, header}}
	s.fill = func(x *stream) error {
		return x.rows(func(c *cells) {
			for i := range f.Findings {
				findingRow(c, in.Policy, &f.Findings[i])
			}
		})
	}
	return s
}

func findingRow(c *cells, p *policy.Policy, d *diag.Finding) {
	severity, style := d.Severity.String(), plain
	if d.Severity == diag.Error {
		style = strong
	}
	silenced := render.DescribeSilenced(d)
	if d.Baseline {
		silenced = "in the baseline"
	}
	if silenced != "" {
		style = muted
	}
	whom := d.User
	if whom == "" && d.Group != "" {
		whom = "group " + d.Group
	}
	c.begin()
	c.text(style, severity)
	c.text(wrapped, d.Rule)
	c.text(wrapped, whom)
	c.text(wrapped, findingText(d))
	c.text(wrapped, d.Help)
	c.text(wrapped, d.Role)
	c.text(wrapped, d.Permission)
	c.text(wrapped, d.Scope)
	c.text(wrapped, silenced)
	c.text(located, placeText(p.Files.Position(d.Pos)))
	c.end()
}

// findingText returns the message, with the names in the system.
func findingText(d *diag.Finding) string {
	if names := render.InSystem(d); names != "" {
		return d.Message + "; " + names
	}
	return d.Message
}

// placeText returns file:line:col, or less if the position has less.
func placeText(at policy.Position) string {
	switch {
	case at.File == "":
		return ""
	case at.Line == 0:
		return at.File
	}
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
}
