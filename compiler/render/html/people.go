package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/diag"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// personView is a person with everything their page shows.
type personView struct {
	*view
	*report.Person
}

// Persons returns the pages of people, in order.
func (v *view) Persons() (list []personView) {
	for _, p := range v.People {
		list = append(list, personView{v, p})
	}
	return list
}

// Kind names the kind of user.
func (p personView) Kind() string {
	words := "user"
	if p.Affiliation != "" {
		words = p.Affiliation + " user"
	}
	if p.Waits() {
		return p.Status() + " " + words
	}
	return words
}

// Summary summarizes the person's access in a sentence.
func (p personView) Summary() template.HTML {
	return "<bdi>" + shownHTML(cmp.Or(p.Name, p.ID)) + "</bdi> " + template.HTML(escapeHTML(p.summary()))
}

func (p personView) summary() string {
	rows, scopes := p.Held()
	switch {
	case len(p.Rows) == 0:
		return "has no access."
	case rows == 0:
		return "holds nothing: deny rules take every action."
	}
	verb := "holds"
	if p.Invited {
		verb = "will hold, once the invitation is accepted,"
	}
	if p.Disabled {
		verb = "will hold, once enabled again,"
	}
	text := fmt.Sprintf("%s %s on %s", verb, render.Plural(rows, "permission"), render.Plural(scopes, "scope"))
	if n := p.sensitive("critical"); n > 0 {
		text += fmt.Sprintf(", %s of them critical", render.Thousands(n))
	}
	return text + "."
}

func (p personView) sensitive(level string) (n int) {
	for i := range p.Rows {
		if p.Rows[i].Held() && p.Rows[i].Sensitivity() == level {
			n++
		}
	}
	return n
}

// Highest returns the highest sensitivity of a held permission.
func (p personView) Highest() string {
	for _, s := range sensitivities {
		if s != "" && p.sensitive(s) > 0 {
			return s
		}
	}
	return ""
}

// HeldRows counts the held permissions.
func (p personView) HeldRows() int {
	n, _ := p.Held()
	return n
}

// OpenFindings counts the open findings about the person.
func (p personView) OpenFindings() (n int) {
	for _, d := range p.Person.Findings {
		if p.IsOpen()(d) {
			n++
		}
	}
	return n
}

// mostOfPerson limits the findings and events on a person's page: an entry of a group makes one for each member.
const mostOfPerson = 10

// ShownFindings returns the first findings about the person; if there are more, open ones come first.
func (p personView) ShownFindings() []*diag.Finding {
	return leadingFindings(p.Person.Findings)
}

// MoreFindings counts the other findings.
func (p personView) MoreFindings() int { return max(0, len(p.Person.Findings)-mostOfPerson) }

func leadingFindings(list []*diag.Finding) []*diag.Finding {
	if len(list) <= mostOfPerson {
		return list
	}
	var open, known []*diag.Finding
	for _, d := range list {
		if kindOf(d) == "" {
			open = append(open, d)
		} else {
			known = append(known, d)
		}
	}
	return append(open, known...)[:mostOfPerson]
}

// ShownEnds returns the first events of the person.
func (p personView) ShownEnds() []report.End {
	return p.Person.Ends[:min(len(p.Person.Ends), mostOfPerson)]
}

// MoreEnds counts the other events of the person.
func (p personView) MoreEnds() int { return max(0, len(p.Person.Ends)-mostOfPerson) }

// NextEnd returns the first expiry date.
func (p personView) NextEnd() string {
	for _, e := range p.Person.Ends {
		if !e.Starts {
			return e.On.String()
		}
	}
	return ""
}

// Assigned returns the assigned roles, without the roles they include.
func (p personView) Assigned() (list []template.HTML) {
	for _, h := range p.Person.Roles {
		if h.From != nil {
			continue
		}
		text := string(roleLink(h.Role)) + " on " + string(scopeLink(h.Scope))
		if h.Group != nil {
			text += " (group " + escapeHTML(h.Group.ID) + ")"
		}
		if h.Entry.ByDefault {
			text += ", by default"
		}
		if h.Ends != 0 {
			text += ", until " + h.Ends.String()
		}
		list = append(list, template.HTML(text))
	}
	if p.More > 0 {
		list = append(list, template.HTML(escapeHTML("and "+render.Thousands(p.More)+" more")))
	}
	return list
}

// InGroups returns the person's groups.
func (p personView) InGroups() string {
	var list []string
	all := slices.DeleteFunc(slices.Clone(p.Memberships), func(m policy.Membership) bool {
		return m.Periods.Over(p.Policy.AsOf)
	})
	for i, m := range all {
		if i == policy.MostSources {
			list = append(list, render.Thousands(len(all)-i)+" more")
			break
		}
		ends, in := m.Periods.On(p.Policy.AsOf)
		switch text := m.Group.ID; {
		case !in:
			list = append(list, text+" ("+m.Idle(p.Policy.AsOf)+")")
		case ends != 0:
			list = append(list, text+" (until "+ends.String()+")")
		default:
			list = append(list, text)
		}
	}
	return strings.Join(list, ", ")
}

// place is everything on one scope.
type place struct {
	policy *policy.Policy
	Scope  *policy.Scope
	Level  string
	Blocks []*block
}

// block is a group of rows with the same sources.
type block struct {
	Why  []string
	At   []string
	Rows []*policy.Row
}

// Places returns the scopes of the person; on each, rows with the same reason are adjacent.
func (p personView) Places() (list []*place) {
	for i := range p.Rows {
		r := &p.Rows[i]
		if len(list) == 0 || list[len(list)-1].Scope != r.Scope {
			list = append(list, &place{policy: p.Policy, Scope: r.Scope, Level: p.Policy.Catalog.Levels[r.Scope.Level]})
		}
		list[len(list)-1].add(p.Files(), r)
	}
	return list
}

func (x *place) add(files *policy.Files, r *policy.Row) {
	b := &block{Why: sourceTexts(r, toSentence)}
	via, _ := r.Leading()
	for i := range via {
		b.At = append(b.At, positionText(files, via[i].Pos))
	}
	b.At = dropRepeats(b.At)
	for _, have := range x.Blocks {
		if slices.Equal(have.Why, b.Why) && slices.Equal(have.At, b.At) {
			have.Rows = append(have.Rows, r)
			return
		}
	}
	b.Rows = []*policy.Row{r}
	x.Blocks = append(x.Blocks, b)
}

// Graph returns a picture of the sources of a person's access.
func (p personView) Graph() template.HTML {
	if len(p.Rows) == 0 {
		return ""
	}
	g := newGraph()
	who := g.box(0, "", "who", p.ID)
	if p.Name != "" {
		who.line(p.Name)
	}
	for i := range p.Rows {
		via, _ := p.Rows[i].Leading()
		for j := range via {
			g.via(who, &p.Rows[i], &via[j])
		}
	}
	return g.draw(fmt.Sprintf("Sources of access of %s: %s. The tables below list everything.", p.ID,
		strings.Join(g.reaches(), "; ")))
}

// via adds the way of one source of a row. Ways through different groups stay separate, so that the picture shows no
// way that does not exist.
func (g *graph) via(who *box, r *policy.Row, v *policy.Via) {
	from, way := who, ""
	if v.Group != nil {
		way = v.Group.ID
		from = g.box(1, way, "group", v.Group.ID)
		from.lines = []string{"group"}
		g.edge(who, from)
	}
	given := throughWhat(v)
	way += " " + given + " " + v.Scope.Path
	kind := "role"
	if v.Kind == policy.FromGrant || v.Kind == policy.FromGroupGrant {
		kind = "grant"
	}
	through := g.box(2, way, kind, given)
	through.lines = []string{"on " + v.Scope.Path}
	g.edge(from, through)
	title := r.Scope.Path
	if v.From != nil {
		title += " by " + v.Role.ID
	}
	what := g.box(3, way+" "+title, "what", title)
	line := r.Permission.ID
	if !r.Held() {
		line += " (withheld)"
	}
	what.line(line)
	g.edge(through, what)
}

// throughWhat returns the assigned role or the grant.
func throughWhat(v *policy.Via) string {
	switch {
	case v.Kind == policy.FromDerived:
		return "derived"
	case v.From != nil:
		return v.From.ID
	case v.Role != nil:
		return v.Role.ID
	}
	return "grant"
}

// reaches describes the ways in words.
func (g *graph) reaches() (list []string) {
	for _, e := range g.edges {
		if e[1].kind == "what" {
			list = append(list, fmt.Sprintf("%s leads to %s on %s", e[0].title, nameFew(e[1].lines, 4), e[1].title))
		}
	}
	return list
}

func roleLink(r *policy.Role) template.HTML { return linkTo("role", r.ID, r.ID) }

func scopeLink(s *policy.Scope) template.HTML { return linkTo("scope", s.Path, s.Path) }

func permissionLink(p *policy.Permission) template.HTML { return linkTo("permission", p.ID, p.ID) }

// endText describes an event.
func endText(e report.End) string {
	if w := e.Waiver; w != nil {
		who := w.User.Name
		if who == "" {
			who = "group " + w.Group.Name
		}
		return render.Safe(fmt.Sprintf("waiver of %s for %s expires; its finding opens again", w.Rule.Name, who))
	}
	if m := e.Member; m != nil {
		if e.Starts {
			return "membership of group " + e.Group.ID + " starts"
		}
		return "membership of group " + e.Group.ID + " expires"
	}
	what := fmt.Sprintf("%s on %s", report.Given(e.Entry), e.Entry.Scope.Path)
	if e.Starts {
		return what + " starts"
	}
	return what + " expires"
}
