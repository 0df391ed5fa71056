package html

import (
	"html/template"
	"slices"
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

// chip is a choice among findings.
type chip struct {
	Show, Text string
	Count      int
}

// Chips returns the choices that there are.
func (v *view) Chips() []chip {
	s := v.Severities()
	list := []chip{{"", "All", s.Errors + s.Warnings + s.Waived + s.Baseline}, {"error", "Errors", s.Errors},
		{"warning", "Warnings", s.Warnings}, {"waived", "Waived", s.Waived}, {"baseline", "Baseline", s.Baseline}}
	return slices.DeleteFunc(list, func(c chip) bool { return c.Show != "" && c.Count == 0 })
}

// GroupCount counts the groups of the page.
func (v *view) GroupCount() (n int) {
	for _, g := range v.Policy.Groups {
		if v.hasGroup(g) {
			n++
		}
	}
	return n
}

// IsOpen selects open findings.
func (v *view) IsOpen() func(*diag.Finding) bool { return isKind("") }

// IsWaived selects findings silenced by a waiver or a comment.
func (v *view) IsWaived() func(*diag.Finding) bool { return isKind("waived") }

// IsKnown selects findings in the baseline.
func (v *view) IsKnown() func(*diag.Finding) bool { return isKind("baseline") }

func isKind(kind string) func(*diag.Finding) bool {
	return func(d *diag.Finding) bool { return kindOf(d) == kind }
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

// mostOnPaper limits the findings of a rule that are printed, unless everything is; see print.css.
const mostOnPaper = 12

// NotPrinted counts the findings of the rule that are on the page and not on paper.
func (r ruleView) NotPrinted() int {
	if r.PrintAll {
		return 0
	}
	return max(0, len(r.Shown())-mostOnPaper)
}

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
	About   template.HTML
	FixSaid bool // above, for the whole rule
}

// InSystem says what the things of the finding are called in the system.
func (f findingView) InSystem() string { return render.InSystem(f.Finding) }

// One returns one finding.
func (v *view) One(d *diag.Finding) findingView { return findingView{v, d, v.about(d), false} }

// Silences says what a waiver does.
func (v *view) Silences(w *policy.Waiver) string {
	if v.silenced == nil {
		v.silenced = map[*policy.Waiver]int{}
		for i := range v.Findings {
			v.silenced[v.Findings[i].Waiver]++
		}
	}
	switch n := v.silenced[w]; {
	case n > 0:
		return render.Plural(n, "finding")
	case v.Partial:
		return "" // perhaps one that the page does not show
	case w.Expires < v.Policy.AsOf:
		return "nothing: expired"
	}
	return "nothing"
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
	parts := v.subjects(d)
	if place := positionText(v.Files(), d.Pos); place != "" {
		parts = append(parts, template.HTML(`<code class="at">`+escapeHTML(place)+`</code>`))
	}
	return joinHTML(parts, " · ")
}

func (v *view) subjects(d *diag.Finding) (parts []template.HTML) {
	if v.plain {
		return v.plainSubjects(d)
	}
	if d.User != "" || d.Group != "" {
		parts = append(parts, v.NameSubject(d.User, d.Group))
	}
	return append(parts, v.linkRefs(d.Role, d.Permission, d.Scope)...)
}

// plainSubjects names what a finding is about, on a page that has no parts about roles and scopes to link to.
func (v *view) plainSubjects(d *diag.Finding) (parts []template.HTML) {
	switch {
	case d.User == "":
	case v.named != nil:
		parts = append(parts, v.named(d.User))
	default:
		parts = append(parts, plainText(d.User))
	}
	for _, x := range [][2]string{{"group", d.Group}, {"role", d.Role}, {"permission", d.Permission},
		{"scope", d.Scope}} {
		if kind, id := x[0], x[1]; id != "" {
			parts = append(parts, plainText(v.pathNames.short(kind, id)))
		}
	}
	return parts
}

// linkRefs links to a role, a permission and a scope by their ids, where there are any.
func (v *view) linkRefs(role, permission, scope string) (parts []template.HTML) {
	add := func(name string, known bool, link func() template.HTML) {
		switch {
		case name == "":
		case known:
			parts = append(parts, link())
		default:
			parts = append(parts, plainText(name))
		}
	}
	r, p, s := v.Policy.Catalog.RoleByID[role], v.Policy.Catalog.PermissionByID[permission], v.Policy.ScopeByPath[scope]
	add(role, r != nil, func() template.HTML { return v.LinkRole(r) })
	add(permission, p != nil, func() template.HTML { return v.LinkPermission(p) })
	add(scope, s != nil, func() template.HTML { return v.LinkScope(s) })
	return parts
}

func joinHTML(parts []template.HTML, by string) (all template.HTML) {
	for i, p := range parts {
		if i > 0 {
			all += template.HTML(by)
		}
		all += p
	}
	return all
}

// WaivedFor names the user or group of a waiver, and its subject.
func (v *view) WaivedFor(w *policy.Waiver) template.HTML {
	parts := append([]template.HTML{v.NameSubject(w.User.Name, w.Group.Name)},
		v.linkRefs(w.Role.Name, w.Permission.Name, w.Scope.Name)...)
	return joinHTML(parts, ", ")
}
