package html

import (
	"fmt"
	"html/template"
	"strings"

	"permc.dev/permc/compiler/policy"
)

// Graph returns a picture of the sources of a person's access.
func (p personView) Graph() template.HTML {
	if len(p.Rows) == 0 {
		return ""
	}
	g := newGraph()
	who := g.box(0, "", "who", titleOf(p.Name, p.ID))
	if p.Name != "" {
		who.line(p.ID)
	}
	for i := range p.Rows {
		via, _ := p.Rows[i].Leading()
		for j := range via {
			g.via(p.view, who, &p.Rows[i], &via[j])
		}
	}
	return g.draw(fmt.Sprintf("Sources of access of %s: %s. The table lists everything.", titleOf(p.Name, p.ID),
		strings.Join(g.reaches(), "; ")))
}

// via adds the way of one source of a row. Ways through different groups stay separate, so that the picture shows no
// way that does not exist.
func (g *graph) via(w *view, who *box, r *policy.Row, v *policy.Via) {
	from, way := who, ""
	if v.Group != nil {
		way = v.Group.ID
		from = g.box(1, way, "group", w.groupText(v.Group))
		from.lines = []string{"group"}
		g.edge(who, from)
	}
	given := w.throughWhat(v)
	way += " " + given + " " + v.Scope.Path
	kind := "role"
	if v.Kind == policy.FromGrant || v.Kind == policy.FromGroupGrant {
		kind = "grant"
	}
	through := g.box(2, way, kind, given)
	through.lines = []string{"on " + w.scopeText(v.Scope)}
	g.edge(from, through)
	title := w.scopeText(r.Scope)
	if v.From != nil {
		title += " by " + w.roleText(v.Role)
	}
	what := g.box(3, way+" "+title, "what", title)
	line := w.permissionText(r.Permission)
	if !r.Held() {
		line += " (withheld)"
	}
	what.line(line)
	g.edge(through, what)
}

// throughWhat returns the assigned role or the grant.
func (w *view) throughWhat(v *policy.Via) string {
	switch {
	case v.Kind == policy.FromDerived:
		return "derived"
	case v.From != nil:
		return w.roleText(v.From)
	case v.Role != nil:
		return w.roleText(v.Role)
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
