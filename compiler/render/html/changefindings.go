package html

import (
	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/lint/rules"
	"permc.dev/permc/compiler/policy"
)

// Open counts the open new findings.
func (c *change) Open() int { return c.errors() + c.warnings() }

func (c *change) errors() int { return c.countNew("", diag.Error) }

func (c *change) warnings() int { return c.countNew("", diag.Warning) }

func (c *change) countNew(kind string, severity diag.Severity) (n int) {
	for i := range c.New {
		if d := &c.New[i]; d.Severity == severity && kindOf(d) == kind {
			n++
		}
	}
	return n
}

// Chips returns the choices that there are among findings.
func (c *change) Chips() []chip {
	accepted := func(kind string) int { return c.countNew(kind, diag.Error) + c.countNew(kind, diag.Warning) }
	list := []chip{
		{"error", "New errors", c.errors()},
		{"warning", "New warnings", c.warnings()},
		{"waived", "New and accepted", accepted("waived")},
		{"baseline", "New in the baseline", accepted("baseline")},
		{"fixed", "Fixed", len(c.Fixed)},
	}
	shown := []chip{{"", "All", len(c.New) + len(c.Fixed)}}
	for _, x := range list {
		if x.Count > 0 {
			shown = append(shown, x)
		}
	}
	return shown
}

// NewRules returns the open new findings by rule.
func (c *change) NewRules() []ruleView { return c.newRules("") }

// AcceptedRules returns the new findings that are silenced.
func (c *change) AcceptedRules() []ruleView {
	return append(c.newRules("waived"), c.newRules("baseline")...)
}

func (c *change) newRules(kind string) []ruleView {
	return c.rules(c.Head, c.NewFiles, c.New, func(d *diag.Finding) bool { return kindOf(d) == kind })
}

// FixedRules returns the fixed findings by rule.
func (c *change) FixedRules() []ruleView {
	if c.Base == nil {
		return nil
	}
	list := c.rules(c.Base, c.Base.Files, c.Fixed, func(*diag.Finding) bool { return true })
	for i := range list {
		list[i].Kind = "fixed"
	}
	return list
}

func (c *change) rules(p *policy.Policy, files *policy.Files, found []diag.Finding,
	of func(*diag.Finding) bool) (list []ruleView) {
	v := &view{Page: &Page{Report: &report.Report{Policy: p, Findings: found}, BuiltIn: rules.All,
		Options: Options{PrintAll: c.PrintAll()}}, places: files,
		plain: true, named: c.nameByID, pathNames: c.titles}
	for _, g := range v.ByRule(of) {
		list = append(list, v.Group(g))
	}
	return list
}

// mostRules limits the rules of the overview.
const mostRules = 6

// FewRules returns the first rules with new findings.
func (c *change) FewRules() []ruleView {
	list := c.NewRules()
	return list[:min(len(list), mostRules)]
}
