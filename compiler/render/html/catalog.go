package html

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"permc.dev/permc/compiler/ask/report"
	"permc.dev/permc/compiler/policy"
	"permc.dev/permc/compiler/render"
)

// Matrices returns what roles give, as in the vendor's documentation.
func (v *view) Matrices() []render.CatalogMatrix { return render.CatalogMatrices(v.Policy.Catalog) }

// catalogCell returns a cell of what roles give: its letters, and their meaning for screen readers.
func catalogCell(code string) template.HTML {
	if code == "" {
		return "<td></td>"
	}
	var words []string
	class := "x"
	for _, m := range render.CatalogMarks() {
		if strings.Contains(code, m.Mark) {
			words = append(words, m.Means)
		}
	}
	if strings.HasPrefix(code, "G") {
		class = "g"
	}
	if strings.Contains(code, "o") {
		class += " o"
	}
	return template.HTML(`<td class="` + class + `"><span aria-hidden="true">` + escapeHTML(code) +
		`</span><span class="vh">` + escapeHTML(strings.Join(words, "; ")) + `</span></td>`)
}

// CatalogLegend returns the letters that the matrices use.
func (v *view) CatalogLegend() []render.MatrixMark { return legendOf(v.Matrices()) }

// holder is a line about one holder.
type holder struct {
	Person *report.Person
	Scope  *policy.Scope
	Row    *policy.Row // of a permission
	Why    []string
	Until  policy.Date
	At     string

	Group *policy.Group // of a role
	Entry *policy.Entry // likewise
}

// roleView is a role with everything its page shows.
type roleView struct {
	*view
	*policy.Role
}

// RolePages returns the pages of roles.
func (v *view) RolePages() (list []roleView) {
	for _, r := range v.Policy.Catalog.Roles {
		if v.hasRole(r) {
			list = append(list, roleView{v, r})
		}
	}
	return list
}

// Count counts how many people have the role.
func (r roleView) Count() report.Holders { return r.view.Roles[r.Index] }

// Rated counts the permissions of one sensitivity that the role gives by itself.
func (r roleView) Rated(level string) (n int) {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Permission.SensitivityOf(c.Actions) == level {
			n++
		}
	}
	return n
}

// RoleColumn links to a role by its id, as a column names it.
func (v *view) RoleColumn(id string) template.HTML {
	if r := v.Policy.Catalog.RoleByID[id]; r != nil {
		return v.LinkRole(r)
	}
	return plainText(id)
}

// Who says which users may have the role.
func (r roleView) Who() string {
	if !r.Limited {
		return "everyone"
	}
	return strings.Join(r.Affiliations, ", ") + " users"
}

// On says where the role is assigned.
func (r roleView) On() string { return strings.Join(r.Policy.Catalog.LevelNames(r.Levels), " or ") }

// Reach returns a reach in words.
func (v *view) Reach(r policy.Reach) string {
	switch r.Kind {
	case policy.Subtree:
		return "the scope and everything under it"
	case policy.Tree:
		return "the whole tree of the scope"
	case policy.Labelled:
		return "scopes labelled " + strings.Join(r.Labels, " and ") + " in and under the scope"
	}
	return "the scope itself"
}

// IncludedIn returns the roles that include this one.
func (r roleView) IncludedIn() (list []*policy.Role) {
	for _, o := range r.Policy.Catalog.Roles {
		if slices.ContainsFunc(o.Includes, func(i policy.Include) bool { return i.Role == r.Role }) {
			list = append(list, o)
		}
	}
	return list
}

// Holders returns the people who have the role.
func (r roleView) Holders() (list []holder) {
	for _, p := range r.People {
		for i := range p.Roles {
			h := &p.Roles[i]
			if h.Role == r.Role {
				list = append(list, holder{
					Person: p,
					Scope:  h.Scope,
					Why:    []string{capitalize(r.describeHeld(p.User, h))},
					Until:  h.Ends,
					At:     positionText(r.Files(), h.Entry.Pos),
					Group:  h.Group,
					Entry:  h.Entry,
				})
			}
		}
	}
	return list
}

// Graph returns a picture of who has the role and what it gives.
func (r roleView) Graph() template.HTML {
	g := newGraph()
	role := g.box(2, "", "role", r.roleText(r.Role))
	role.line("on a " + r.On())
	if n := r.Count(); !r.Small() && n.All() > 0 {
		g.edge(g.box(0, "", "who", render.Count(n.All(), "person", "people")), role)
	}
	for _, p := range r.People {
		for i := range p.Roles {
			if h := &p.Roles[i]; h.Role == r.Role {
				g.holder(r.view, p, h, role)
			}
		}
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		reach := "on " + r.Reach(c.Reach)
		what := g.box(3, reach, "what", reach)
		what.line(r.permissionText(c.Permission))
		g.edge(role, what)
	}
	for _, inc := range r.Includes {
		what := g.box(3, "includes "+inc.Role.ID, "what", "role "+r.roleText(inc.Role))
		what.line("on " + r.Reach(inc.Reach))
		g.edge(role, what)
	}
	reaches := strings.Join(g.reaches(), "; ")
	return g.draw(fmt.Sprintf("Role %s: %s. The tables list everything.", r.roleText(r.Role), reaches))
}

// holder adds one way in which somebody has a role.
func (g *graph) holder(v *view, p *report.Person, h *policy.Held, role *box) {
	who := g.box(0, p.ID, "who", titleOf(p.Name, p.ID))
	who.line("on " + v.scopeText(h.Scope))
	from := who
	if h.Group != nil {
		from = g.box(1, h.Group.ID, "group", v.groupText(h.Group))
		from.lines = []string{"group"}
		g.edge(who, from)
	}
	g.edge(from, role)
}

// permissionView is a permission with everything its page shows.
type permissionView struct {
	*view
	*policy.Permission
}

// PermissionPages returns the pages of permissions.
func (v *view) PermissionPages() (list []permissionView) {
	for _, p := range v.Policy.Catalog.Permissions {
		if v.hasPermission(p) {
			list = append(list, permissionView{v, p})
		}
	}
	return list
}

// Count counts how many people hold the permission.
func (p permissionView) Count() report.Holders { return p.view.Permissions[p.Index] }

// On returns the levels that the permission applies to.
func (p permissionView) On() string {
	return strings.Join(p.Policy.Catalog.LevelNames(p.Permission.Levels), " or ")
}

// Grant says whether it can be granted, and to whom.
func (p permissionView) Grant() string {
	switch {
	case !p.Grantable:
		return "no, only through roles"
	case p.GrantTo == nil:
		return "yes, to everyone"
	}
	return "yes, to " + strings.Join(p.GrantTo, ", ") + " users"
}

// Givers returns the roles that give it, directly or through a role that they include.
func (p permissionView) Givers() (list []*policy.Role) {
	for _, r := range p.Policy.Catalog.Roles {
		if r.GivesPermission(p.Permission) {
			list = append(list, r)
		}
	}
	return list
}

// ImpliedBy returns the permissions that imply it.
func (p permissionView) ImpliedBy() (list []*policy.Permission) {
	for _, o := range p.Policy.Catalog.Permissions {
		if slices.Contains(o.Implies, p.Permission) {
			list = append(list, o)
		}
	}
	return list
}

// Holders returns the rows of the permission.
func (p permissionView) Holders() (list []holder) {
	for _, x := range p.People {
		for i := range x.Rows {
			r := &x.Rows[i]
			if r.Permission != p.Permission {
				continue
			}
			h := holder{Person: x, Scope: r.Scope, Row: r, Until: r.Ends}
			h.Why = p.sourceTexts(r, toSentence)
			list = append(list, h)
		}
	}
	return list
}

// SourceOf returns the title of a source of the catalog.
func (v *view) SourceOf(id string) string {
	for _, s := range v.Policy.Catalog.Sources {
		if s.ID.Name == id {
			return cmp.Or(s.Title, id)
		}
	}
	return id
}

// Sureness says how many of the permissions held rest on facts that a source of
// the catalog states, and on how many it does not.
func (v *view) Sureness() string {
	n := v.Counts.Sure
	switch {
	case v.Held == 0:
		return "Nobody holds anything, so nothing rests on the catalog."
	case n[policy.Derived]+n[policy.Inferred] == 0:
		return "Every permission held rests on facts that a source of the catalog states."
	}
	return fmt.Sprintf("Of the permissions held, %s on facts that a source of the catalog states, %s on derived "+
		"ones (~), which follow from what sources state, and %s on inferred ones (*), which no source states.",
		restOn(n[policy.Stated]), render.Thousands(n[policy.Derived]), render.Thousands(n[policy.Inferred]))
}

func restOn(n int) string {
	if n == 1 {
		return "1 rests"
	}
	return render.Thousands(n) + " rest"
}
