package html

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Files returns the files of the positions on the page.
func (v *view) Files() *policy.Files {
	if v.places != nil {
		return v.places
	}
	return v.Policy.Files
}

// Open counts the open findings.
func (v *view) Open() int { s := v.Severities(); return s.Errors + s.Warnings }

// IsOpen selects open findings.
func (v *view) IsOpen() func(*diag.Finding) bool { return isKind("") }

// IsWaived selects findings silenced by a waiver or a comment.
func (v *view) IsWaived() func(*diag.Finding) bool { return isKind("waived") }

// IsKnown selects findings in the baseline.
func (v *view) IsKnown() func(*diag.Finding) bool { return isKind("baseline") }

func isKind(kind string) func(*diag.Finding) bool {
	return func(d *diag.Finding) bool { return kindOf(d) == kind }
}

// Verdict summarizes the page in a sentence or two.
func (v *view) Verdict() string {
	s := v.Severities()
	var parts []string
	if s.Errors > 0 {
		parts = append(parts, render.Plural(s.Errors, "error"))
	}
	if s.Warnings > 0 {
		parts = append(parts, render.Plural(s.Warnings, "warning"))
	}
	text := strings.Join(parts, " and ") + render.Choose(s.Errors+s.Warnings, " is open.", " are open.")
	if len(parts) == 0 {
		text = "No open findings."
	}
	if v.Ending > 0 {
		text += fmt.Sprintf(" %s within %d days.",
			render.Choose(v.Ending, "One permission expires", render.Thousands(v.Ending)+" permissions expire"),
			v.Policy.HorizonDays)
	}
	return text
}

// Age says how old the catalog was on the day of the report.
func (v *view) Age() string {
	days, ok := v.CatalogAge()
	switch {
	case !ok:
		return ""
	case days < 0:
		return ", newer than this report"
	}
	return ", " + render.Plural(days, "day") + " old"
}

// SomeInvited reports whether anybody is invited.
func (v *view) SomeInvited() bool {
	for g := range v.PeopleBy {
		if g.Status == "invited" {
			return true
		}
	}
	return false
}

// ScopesInUse counts the scopes on which somebody holds something.
func (v *view) ScopesInUse() int { return countUsed(v.Scopes) }

// RolesInUse counts the roles that somebody has.
func (v *view) RolesInUse() int { return countUsed(v.Roles) }

func countUsed(list []report.Holders) (n int) {
	for _, h := range list {
		if h.All() > 0 {
			n++
		}
	}
	return n
}

// viewer is a part of the page that knows the whole.
type viewer interface{ the() *view }

func (v *view) the() *view { return v }

// ruleView is a group of findings with the documentation of their rule.
type ruleView struct {
	*view
	*report.RuleGroup
	Kind          string // "" for open findings
	What, Why, Do string
}

// mostFindings limits the findings of a rule on the page.
const mostFindings = 500

// Shown returns the first findings of the rule.
func (r ruleView) Shown() []*diag.Finding {
	return r.RuleGroup.Findings[:min(len(r.RuleGroup.Findings), mostFindings)]
}

// More counts the other findings of the rule.
func (r ruleView) More() int { return max(0, len(r.RuleGroup.Findings)-mostFindings) }

// Group returns the documentation of a group's rule with its findings.
func (v *view) Group(g *report.RuleGroup) ruleView {
	r := ruleView{view: v, RuleGroup: g, Kind: kindOf(g.Findings[0])}
	if d := g.Declared; d != nil {
		r.What, r.Do = toSentence(render.Safe(d.Message)), toSentence(render.Safe(d.Help))
		return r
	}
	for _, x := range v.BuiltIn {
		if x.ID == g.Rule {
			r.What, r.Why, r.Do = x.Doc.What, x.Doc.Why, x.Doc.Do
		}
	}
	return r
}

// Blind returns the known limits of the built-in rules.
func (v *view) Blind() (list []string) {
	for _, r := range v.BuiltIn {
		if r.Doc.Gaps != "" {
			list = append(list, r.ID+": "+r.Doc.Gaps)
		}
	}
	return list
}

// findingView is a finding with its subject.
type findingView struct {
	*view
	*diag.Finding
	About template.HTML
}

// One returns one finding.
func (v *view) One(d *diag.Finding) findingView { return findingView{v, d, v.about(d)} }

// Silences says what a waiver does.
func (v *view) Silences(w *policy.Waiver) string {
	n := 0
	for i := range v.Findings {
		if v.Findings[i].Waiver == w {
			n++
		}
	}
	switch {
	case n > 0:
		return render.Plural(n, "finding")
	case w.Expires < v.Policy.AsOf:
		return "nothing: expired"
	}
	return "nothing"
}

// mostEnds limits the listed events.
const mostEnds = 500

// ShownEnds returns the first events.
func (v *view) ShownEnds() []report.End { return v.Ends[:min(len(v.Ends), mostEnds)] }

// MoreEnds counts the other events.
func (v *view) MoreEnds() int { return max(0, len(v.Ends)-mostEnds) }

// endTable is a table of events.
type endTable struct {
	*view
	Ends []report.End
}

// In says how far away an event is.
func (v *view) In(e report.End) string {
	switch n := int(e.On - v.Policy.AsOf); n {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	default:
		return fmt.Sprintf("in %s days", render.Thousands(n))
	}
}

// Place returns the position of an event's declaration.
func (v *view) Place(e report.End) string {
	switch {
	case e.Waiver != nil:
		return positionText(v.Files(), e.Waiver.ExpiresAt)
	case e.Member != nil && e.Starts:
		return positionText(v.Files(), cmp.Or(e.Member.Terms.StartsAt, e.Member.Pos))
	case e.Member != nil:
		return positionText(v.Files(), cmp.Or(e.Member.Terms.EndsAt, e.Member.Pos))
	case e.Starts:
		return positionText(v.Files(), cmp.Or(e.Entry.StartsAt(), e.Entry.Pos))
	}
	return positionText(v.Files(), cmp.Or(e.Entry.EndsAt(), e.Entry.Pos))
}

// toSentence adds a capital letter and a full stop.
func toSentence(s string) string {
	if s == "" {
		return ""
	}
	s = capitalize(s)
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// about names the subject of a finding, and its position.
func (v *view) about(d *diag.Finding) template.HTML {
	var parts []string
	add := func(kind, name string) {
		switch {
		case name == "":
		case v.plain:
			parts = append(parts, "<bdi>"+escapeHTML(render.Safe(name))+"</bdi>")
		default:
			parts = append(parts, string(linkTo(kind, name, name)))
		}
	}
	add("user", d.User)
	if d.Group != "" {
		parts = append(parts, "group "+escapeHTML(d.Group))
	}
	add("role", d.Role)
	add("permission", d.Permission)
	add("scope", d.Scope)
	if place := positionText(v.Files(), d.Pos); place != "" {
		parts = append(parts, `<code class="at">`+escapeHTML(place)+`</code>`)
	}
	return template.HTML(strings.Join(parts, " · "))
}
