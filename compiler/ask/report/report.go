// Package report collects what the report page shows about a policy, everybody's access and the findings: counts,
// holders, expiry dates, and the limitations of the page. It only holds data; compiler/render/html writes the page.
package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/roles"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
)

// Small limits the lines about people on a page that is written out in full, so that it can be read and printed
// without scripts.
const Small = 4000

// Report is the content of the page about a project.
type Report struct {
	Policy    *policy.Policy
	Findings  []diag.Finding // shown on the page
	Elsewhere int            // findings about other parts of the project
	Partial   bool           // the page shows some rows only
	Filter    string         // what was selected, in words; "" is everything
	Skipped   []string       // files not read
	Counts
	Tallies []Tally   // of everybody shown, by user
	People  []*Person // nil if there are too many rows
	Ends    []End
	Waivers []*policy.Waiver
	Inputs  []Input
	Gaps    []Gap

	Observed *Observed // or nil: no exports of the system were read
	Reviews  *Reviews  // or nil: the project does not use them

	RoleStudy *roles.Answer // or nil: the page shows a part
}

// Person is a user with all their access.
type Person struct {
	*policy.User
	Index    int // among the users of the policy
	Roles    []policy.Held
	More     int // roles beyond those in Roles
	Rows     []policy.Row
	Findings []*diag.Finding
	Ends     []End
}

// groupEnds adds the ends of entries of the person's groups.
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

// Held returns the number of held permissions and of their scopes.
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

// Soon reports whether an expiry is within the project's horizon.
func Soon(p *policy.Policy, end policy.Date) bool {
	return end != 0 && end <= p.AsOf+policy.Date(p.HorizonDays)
}

// EndsSoon reports whether a row, or one of its actions, expires within the horizon.
func EndsSoon(p *policy.Policy, r *policy.Row) bool {
	if !r.Mixed() {
		return Soon(p, r.Ends)
	}
	return slices.ContainsFunc(r.Parts(), func(part policy.Row) bool { return Soon(p, part.Ends) })
}

// Individual reports whether all sources of a row are grants to the user or a group.
func Individual(r *policy.Row) bool {
	return !slices.ContainsFunc(r.Via, func(v policy.Via) bool {
		return v.Kind != policy.FromGrant && v.Kind != policy.FromGroupGrant
	})
}

// CatalogAge returns the age of the catalog in days on the day of the report, if its version is a date.
func (r *Report) CatalogAge() (days int, ok bool) {
	made, err := policy.ParseDate(r.Policy.Catalog.Version)
	if err != nil {
		return 0, false
	}
	return int(r.Policy.AsOf - made), true
}

// Severities count open findings by severity, and silenced ones by how they are silenced.
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

// ID identifies the report: the same inputs, day and filter make the same one.
func (r *Report) ID() string {
	h := sha256.New()
	c := r.Policy.Catalog
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\n", c.Product, c.Version, r.Policy.AsOf, r.Filter)
	for _, in := range r.Inputs {
		fmt.Fprintf(h, "%s\x00%s\n", in.Name, in.Hash)
	}
	text := hex.EncodeToString(h.Sum(nil))
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

// Input is one of the project's own files.
type Input struct{ Name, Hash string }

// Inputs returns the files that are not part of permc.
func Inputs(files *policy.Files) (list []Input) {
	for _, f := range files.All() {
		if !f.Shipped {
			list = append(list, Input{f.Name, f.Hash()})
		}
	}
	return list
}

// RuleGroup holds the findings of one rule.
type RuleGroup struct {
	Rule     string
	Declared *policy.Rule // or nil: a built-in one
	Severity diag.Severity
	Findings []*diag.Finding
}

// ByRule groups the findings that of selects by rule: errors first, then by id.
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
