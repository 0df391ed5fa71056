// Package report turns a policy, everybody's access and the findings into what
// a page about them says: counts, holders, what ends when, and what the page
// does not cover. It is data only; compiler/render/html writes it down.
package report

import (
	"cmp"
	"slices"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Small is how many rows a page may have to be written out in full, so that it
// can be read and printed without a program.
const Small = 4000

// Report is what a page says of a project.
type Report struct {
	Policy    *policy.Policy
	Findings  []diag.Finding // those shown
	Elsewhere int            // findings about what the page leaves out
	Filter    string         // what was selected, in words; "" is everything
	Skipped   []string       // files that were left out
	Counts
	People  []*Person // nil where there are too many rows
	Ends    []End
	Waivers []*policy.Waiver
	Inputs  []Input
	Gaps    []Gap
}

// Person is a user with everything they have.
type Person struct {
	*policy.User
	Index    int // among the users of the policy
	Roles    []policy.Held
	More     int // roles beyond those of Roles
	Rows     []policy.Row
	Findings []*diag.Finding
	Ends     []End
}

// groupEnds adds what ends of groups that the person is in.
func (p *Person) groupEnds(all []End) {
	if len(p.Memberships) == 0 {
		return
	}
	for _, e := range all {
		if e.Group != nil && p.concerns(&e) {
			p.Ends = append(p.Ends, e)
		}
	}
	slices.SortStableFunc(p.Ends, func(a, b End) int { return cmp.Compare(a.On, b.On) })
}

// concerns reports whether what begins or ends of a group does so for the person.
func (p *Person) concerns(e *End) bool {
	in := func(g *policy.Group, day policy.Date) bool {
		return slices.ContainsFunc(p.Memberships, func(m policy.Membership) bool { return m.Group == g && m.In(day) })
	}
	if m := e.Member; m != nil {
		return m.Inner != nil && in(m.Inner, e.On)
	}
	return in(e.Group, e.On) && e.Entry.FaultFor(p.User) == 0
}

// Held is how many permissions are held, on how many scopes.
func (p *Person) Held() (rows, scopes int) {
	var last *policy.Scope
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Held() {
			if rows++; r.Scope != last {
				scopes, last = scopes+1, r.Scope
			}
		}
	}
	return rows, scopes
}

// Small reports whether the page can be written out in full.
func (r *Report) Small() bool { return r.People != nil }

// Filtered reports whether rows were selected.
func (r *Report) Filtered() bool { return r.Filter != "" }

// Soon reports whether an end is within the horizon of the project.
func Soon(p *policy.Policy, end policy.Date) bool {
	return end != 0 && end <= p.AsOf+policy.Date(p.HorizonDays)
}

// EndsSoon reports whether a row, or one of its actions, ends within the horizon.
func EndsSoon(p *policy.Policy, r *policy.Row) bool {
	if !r.Mixed() {
		return Soon(p, r.Ends)
	}
	return slices.ContainsFunc(r.Parts(), func(part policy.Row) bool { return Soon(p, part.Ends) })
}

// Individual reports whether a row comes from grants to the user or a group
// alone.
func Individual(r *policy.Row) bool {
	return !slices.ContainsFunc(r.Via, func(v policy.Via) bool { return v.Kind != policy.FromGrant && v.Kind != policy.FromGroupGrant })
}

// CatalogAge is how many days the catalog was old on the day of the report, if
// its version is a date.
func (r *Report) CatalogAge() (days int, ok bool) {
	made, err := policy.ParseDate(r.Policy.Catalog.Version)
	if err != nil {
		return 0, false
	}
	return int(r.Policy.AsOf - made), true
}

// Severities count findings that are open, and those that are waived or
// suppressed, or in the baseline.
type Severities struct{ Errors, Warnings, Waived, Baseline int }

// Severities counts the findings.
func (r *Report) Severities() (s Severities) {
	for i := range r.Findings {
		switch d := &r.Findings[i]; {
		case d.Silenced():
			s.Waived++
		case d.Baseline:
			s.Baseline++
		case d.Severity == diag.Error:
			s.Errors++
		default:
			s.Warnings++
		}
	}
	return s
}

// Input is one of the project's own files.
type Input struct{ Name, Hash string }

// Inputs are the files that are not part of permc.
func Inputs(files *policy.Files) (list []Input) {
	for _, f := range files.All() {
		if !f.Shipped {
			list = append(list, Input{f.Name, f.Hash()})
		}
	}
	return list
}

// RuleGroup are the findings of one rule.
type RuleGroup struct {
	Rule     string
	Declared *policy.Rule // or nil: a built-in one
	Severity diag.Severity
	Findings []*diag.Finding
}

// ByRule puts findings together by rule: errors first, then by id. Waived ones,
// and those in the baseline, are in groups of their own.
func (r *Report) ByRule(of func(*diag.Finding) bool) (list []*RuleGroup) {
	byRule := map[string]*RuleGroup{}
	for i := range r.Findings {
		d := &r.Findings[i]
		if !of(d) {
			continue
		}
		g := byRule[d.Rule]
		if g == nil {
			g = &RuleGroup{Rule: d.Rule, Declared: r.declared(d.Rule)}
			byRule[d.Rule], list = g, append(list, g)
		}
		g.Findings = append(g.Findings, d)
		g.Severity = max(g.Severity, d.Severity)
	}
	slices.SortFunc(list, func(a, b *RuleGroup) int {
		if a.Severity != b.Severity {
			return int(b.Severity) - int(a.Severity)
		}
		return strings.Compare(a.Rule, b.Rule)
	})
	return list
}

func (r *Report) declared(id string) *policy.Rule {
	for _, d := range r.Policy.Rules {
		if d.ID == id {
			return d
		}
	}
	return nil
}
