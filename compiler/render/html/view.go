package html

import (
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
	"permc.dev/permc/compiler/report"
)

// Files are those that places are in.
func (v *view) Files() *policy.Files { return v.Policy.Files }

// Open is how many findings nobody has accepted.
func (v *view) Open() int { s := v.Severities(); return s.Errors + s.Warnings }

// IsOpen selects findings that nobody has accepted.
func (v *view) IsOpen() func(*diag.Diagnostic) bool {
	return func(d *diag.Diagnostic) bool { return d.Waiver == nil && !d.Baseline }
}

// Verdict is the whole in a sentence or two.
func (v *view) Verdict() string {
	s := v.Severities()
	text := fmt.Sprintf("%s and %s are open.", plural(s.Errors, "error"), plural(s.Warnings, "warning"))
	if s.Errors+s.Warnings == 0 {
		text = "No finding is open."
	}
	if v.Ending > 0 {
		text += fmt.Sprintf(" %s within %d days.", choose(v.Ending, "One permission ends", thousands(v.Ending)+" permissions end"), v.Policy.HorizonDays)
	}
	return text
}

// Age is how old the catalog was on the day of the report.
func (v *view) Age() string {
	days, ok := v.CatalogAge()
	switch {
	case !ok:
		return ""
	case days < 0:
		return ", which is later than this report's day"
	}
	return ", " + plural(days, "day") + " old"
}

// SomeInvited reports whether people are invited.
func (v *view) SomeInvited() bool {
	for g := range v.PeopleBy {
		if g.Invited {
			return true
		}
	}
	return false
}

// ScopesInUse is on how many scopes somebody holds something.
func (v *view) ScopesInUse() int { return used(v.Scopes) }

// RolesInUse is how many roles somebody has.
func (v *view) RolesInUse() int { return used(v.Roles) }

func used(list []report.Holders) (n int) {
	for _, h := range list {
		if h.Active+h.Invited > 0 {
			n++
		}
	}
	return n
}

// ruleView is a group of findings with what is known of their rule.
type ruleView struct {
	*view
	*report.RuleGroup
	What, Why, Do string
}

// Group explains the rule of some findings.
func (v *view) Group(g *report.RuleGroup) ruleView {
	if d := g.Declared; d != nil {
		return ruleView{v, g, sentence(render.Safe(d.Message)), "", sentence(render.Safe(d.Help))}
	}
	d := v.Doc(g.Rule)
	return ruleView{v, g, sentence(d.What), d.Why, d.Do}
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// About is whom and what a finding is about, and where it stands.
func (v *view) About(d *diag.Diagnostic) template.HTML {
	var parts []string
	add := func(kind, name string) {
		if name != "" {
			parts = append(parts, string(link(kind, name, name)))
		}
	}
	add("user", d.User)
	add("group", d.Group)
	add("role", d.Role)
	add("permission", d.Permission)
	add("scope", d.Scope)
	if place := at(v.Files(), d.Pos); place != "" {
		parts = append(parts, `<code class="at">`+escape(place)+`</code>`)
	}
	return template.HTML(strings.Join(parts, " · "))
}
